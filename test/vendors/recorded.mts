import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod/v4';

const outcome = z.union([
	z.strictObject({ ok: z.literal(true), value: z.unknown() }),
	z.strictObject({ ok: z.literal(false), error: z.unknown() }),
]);

/**
 * What a vendor has answered, as it is documented or was recorded, and what is to be read from it:
 * `answers/<vendor>/<case>.json`. An answer that is misread becomes a file there.
 */
const recorded = z.strictObject({
	/** The page, or how it was recorded. */
	source: z.string().min(1),
	/** By which requests they came, where no other test says it. */
	requests: z.array(z.unknown()).optional(),
	/** Several where it takes several requests; the body of a callback stands here, too. */
	answers: z
		.array(
			z.strictObject({
				httpStatus: z.number().int().default(200),
				headers: z.record(z.string(), z.string()).default({}),
				body: z.unknown(),
			}),
		)
		.min(1),
	/** By who reads it; a task's `raw`, which is one of the bodies, is left out. */
	read: z
		.strictObject({
			readCreated: outcome,
			look: outcome,
			balance: outcome,
			upload: outcome,
			/** The task that a callback names. */
			callback: z.string(),
		})
		.partial(),
});

export type Recorded = z.infer<typeof recorded> & { name: string };

/** All recorded answers of a vendor. */
export function recordedOf(vendor: string): Recorded[] {
	const folder = path.join(__dirname, 'answers', vendor);
	return readdirSync(folder).map((file) => ({
		name: path.basename(file, '.json'),
		...recorded.parse(JSON.parse(readFileSync(path.join(folder, file), 'utf8'))),
	}));
}

/** The body of a recorded answer, for tests that change a part of it. */
export function recordedBody(vendor: string, name: string): Record<string, unknown> {
	const found = recordedOf(vendor).find((one) => one.name === name);
	return z.record(z.string(), z.unknown()).parse(found?.answers[0]?.body);
}

const finishedTask = z.object({
	ok: z.literal(true),
	value: z.object({ status: z.literal('succeeded'), taskId: z.string() }),
});

/** The answers by which a vendor tells of a finished task, and that task's ID. */
export function recordedFinish(vendor: string): { taskId: string; bodies: unknown[] } {
	const { answers, read } = recordedOf(vendor).find(({ name }) => name === 'finished') ?? {};
	const { taskId } = finishedTask.parse(read?.look).value;
	return { taskId, bodies: (answers ?? []).map(({ body }) => body) };
}
