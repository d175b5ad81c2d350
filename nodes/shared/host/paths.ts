/** The last part of the path at which every Seedance Trigger listens. */
export const TRIGGER_PATH = 'seedance';

/** No other node of n8n listens under this path, so a call meant for us resumes nobody else. */
export const DELIVERY_PATH = 'seedance-delivery';
