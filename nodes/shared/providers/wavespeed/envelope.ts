import { isObject } from '../../domain/json';

/** Answers come as `{code, message, data}`; some pages and all webhooks show what is inside alone. */
export const unwrap = (body: unknown): unknown =>
	isObject(body) && isObject(body.data) ? body.data : body;
