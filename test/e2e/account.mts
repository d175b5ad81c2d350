/** The owner of every n8n that tests start. */
export const account = { email: 'e2e@example.com', password: 'Seedance-e2e-1' };
