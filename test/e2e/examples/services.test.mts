import { sampleVideo } from '../../../sandbox/media/embedded.mts';
import { attachmentOf } from '../../../lab/standIns/mail.mts';
import type { SheetRow } from '../../../lab/standIns/google.mts';
import type { VendorId } from '../stage.mts';
import { until } from '../workflows.mts';
import { rowsOf, runsOf, TIMEOUT_MS, useExamples, type Changes } from './examples.mts';

const examples = useExamples('file', 'own');

describe('18', () => {
	const FILE = '18-message-when-done.json';

	/** Sends in the form as a browser does, and waits until the workflow has ended. */
	async function order(prompt: string, phone = '', changes: Changes = {}): Promise<void> {
		const { client, n8n } = examples.stage;
		const { id, webhookId } = await examples.create(FILE, changes);
		const send = async () => {
			const body = new FormData();
			['field-0', 'field-1', 'field-2'].forEach((name, index) =>
				body.append(name, [prompt, 'visitor@example.com', phone][index] ?? ''),
			);
			const headers = { connection: 'close' };
			const url = `${n8n.webhookUrl}/form/${webhookId}`;
			return (await fetch(url, { method: 'POST', body, headers })).ok;
		};
		await until(send, 'the form is published', 30_000, 500);
		await examples.succeeded(await client.waitForNewExecution(id, [], TIMEOUT_MS));
	}

	test.each<[VendorId | undefined, string]>([
		[undefined, 'replicate'],
		['kie', 'kie'],
	])(
		'a mail with the video and its address (%s)',
		async (vendor, provider) => {
			const prompt = `A letter that folds itself, ${provider}`;
			await order(prompt, '', { vendor });
			expect(examples.vendorsAskedFor(prompt)).toEqual([provider]);
			const mail = examples.standIns.mail.mails.at(-1);
			expect(mail).toMatchObject({ to: ['visitor@example.com'], subject: 'Your video' });
			expect(mail && attachmentOf(mail, 'your-video.mp4')).toEqual(sampleVideo);
			expect(mail?.source.replaceAll(/=\n/g, '')).toContain('Your video is there: http');
		},
		TIMEOUT_MS,
	);

	test(
		'a number has it by WhatsApp instead, with the file, or with a link where that is too large',
		async () => {
			const { messages } = examples.standIns.whatsApp;
			const mails = examples.standIns.mail.mails.length;
			await order('A letter in a bottle', '+49 (170) 123-4567');
			const text = expect.stringMatching(/^Your video is there: http.+\.mp4/);
			expect(messages).toEqual([{ to: '491701234567', text, file: sampleVideo }]);

			const words = { '$json.megabytes <= 16': '$json.megabytes <= 0' };
			await order('A heavy letter', '+49 170 1234567', { words });
			expect(messages.slice(1)).toEqual([{ to: '491701234567', text, file: undefined }]);
			expect(examples.standIns.mail.mails).toHaveLength(mails);
		},
		TIMEOUT_MS,
	);

	test(
		'why there is no video is told, too',
		async () => {
			await order('A letter that burns [fail]');
			const mail = examples.standIns.mail.mails.at(-1);
			expect(mail?.subject).toBe('No video this time');
			expect(mail?.source.replaceAll(/=\n/g, '')).toContain('could not generate');
			await order('A letter that burns [fail]', '49 170 1234567');
			expect(examples.standIns.whatsApp.messages.at(-1)).toEqual({
				to: '491701234567',
				text: expect.stringMatching(/^There is no video this time\. .*could not generate/),
				file: undefined,
			});
		},
		TIMEOUT_MS,
	);
});

describe('19', () => {
	const FILE = '19-sheet-of-photos.json';
	const FAST = 'seedance-1-0-pro-fast-251015';

	const row = (image: string, prompt: string, more: SheetRow = {}): SheetRow => ({
		image,
		prompt,
		model: '',
		...more,
	});
	const problem = (words: RegExp) => ({
		status: 'failed',
		video: '',
		problem: expect.stringMatching(words),
	});
	const done = { status: 'done', video: expect.stringContaining('.mp4'), problem: '' };

	test(
		'each row is made with its file and its model, and what is wrong stands in its own row',
		async () => {
			const { google } = examples.standIns;
			google.rows = [
				row('shoe.png', 'The shoe turns'),
				row('cup.png', 'The cup steams', { model: FAST }),
				row('lost.png', 'The hat flies'),
				row('broken.png', 'The lamp glows'),
				row('cup.png', 'The cup falls [fail]'),
				row('cup.png', '=1+1', { model: 'no-such-model' }),
				row('shoe.png', 'Made long ago', { status: 'done', video: 'https://example.com/old.mp4' }),
				row('shoe.png', ''),
			];
			const { id } = await examples.create(FILE);
			const { client } = examples.stage;
			await examples.succeeded(await client.runManually(id));
			const [first, second, ...others] = google.rows;
			expect(first).toMatchObject({ ...done, prompt: 'The shoe turns' });
			expect(second).toMatchObject({ ...done, prompt: 'The cup steams' });
			expect(others).toMatchObject([
				problem(/^There is no file of this name/),
				problem(/^Forbidden/),
				{ ...problem(/could not generate/), task_id: expect.any(String) },
				{ ...problem(/./), prompt: '=1+1' },
				{ status: 'done', video: 'https://example.com/old.mp4' },
				{ status: '', video: '' },
			]);
			expect(examples.inputOf(first?.task_id)).not.toMatchObject({ model: FAST });
			expect(JSON.stringify(examples.inputOf(second?.task_id))).toContain('The cup steams');
			expect(modelOf(second?.task_id)).toBe(FAST);

			const ordered = examples.stage.sandbox.tasks().length;
			const again = await examples.succeeded(await client.runManually(id));
			expect(rowsOf(again, 'Rows to Do')).toEqual([]);
			expect(runsOf(again, 'Seedance Image to Video')).toEqual([]);
			expect(examples.stage.sandbox.tasks()).toHaveLength(ordered);
		},
		TIMEOUT_MS,
	);

	test(
		'another vendor is a matter of provider, credential and the usual model',
		async () => {
			const { google } = examples.standIns;
			google.rows = [row('shoe.png', 'The shoe walks off')];
			const customModel = "={{ $json.model || 'bytedance/seedance-2-fast' }}";
			const parameters = { 'Seedance Image to Video': { customModel, model: 'custom' } };
			await examples.run(FILE, { vendor: 'kie', parameters });
			expect(google.rows).toMatchObject([done]);
			expect(examples.vendorsAskedFor('The shoe walks off')).toEqual(['kie']);
		},
		TIMEOUT_MS,
	);

	const modelOf = (taskId: unknown) =>
		examples.stage.sandbox.tasks().find((task) => task.taskId === taskId)?.model;
});
