import { BOT_VISITOR } from '../../../lab/exampleNeeds.mts';
import { sampleImage, sampleVideo } from '../../../sandbox/media/embedded.mts';
import type { BotMessage, Said } from '../../../lab/standIns/telegram.mts';
import type { VendorId } from '../stage.mts';
import { until } from '../workflows.mts';
import { TIMEOUT_MS, useExamples, type Changes } from './examples.mts';

const FILE = '16-telegram-photo.json';
const STRANGER = 333_333_333;
const GROUP = -100_200;

const examples = useExamples();

const telegram = () => examples.standIns.telegram;
const messagesIn = (chatId: number) =>
	telegram().messages.filter((message) => message.chatId === chatId);

/** Publishes the bot; gives the workflow's ID. */
async function publish(changes: Changes = {}): Promise<string> {
	const registrations = () => telegram().calls.filter((method) => method === 'setWebhook').length;
	const before = registrations();
	const { id } = await examples.create(FILE, changes);
	// n8n registers a bot a moment after it says that the workflow is published.
	await until(() => registrations() > before, 'the bot is registered', TIMEOUT_MS);
	telegram().messages.length = 0;
	return id;
}

/** Says something, and gives what stands in the chat once the workflow has ended. */
async function answersTo(workflowId: string, said: Said): Promise<BotMessage[]> {
	const { client } = examples.stage;
	const known = (await client.executions({ workflowId })).map(({ id }) => id);
	await telegram().say(said);
	const started = await client.waitForNewExecution(workflowId, known, TIMEOUT_MS);
	await examples.succeeded(started);
	return messagesIn(said.group ?? said.from);
}

describe.each<[VendorId | undefined, string]>([
	[undefined, 'kie'],
	['byteplus', 'byteplus'],
])('16, %s (%s)', (vendor, provider) => {
	test(
		'a photo with a caption becomes a video that answers it',
		async () => {
			const caption = `The boat sails off, ${provider}`;
			await publish({ vendor });
			const said = await telegram().say({ from: BOT_VISITOR, caption, photo: sampleImage });
			const isBegun = () =>
				messagesIn(BOT_VISITOR).some(({ text }) => text.includes('I have your photo'));
			await until(isBegun, 'the bot says that it begins', TIMEOUT_MS);

			const isThere = () => messagesIn(BOT_VISITOR).some(({ video }) => video !== undefined);
			await until(isThere, 'the video comes', TIMEOUT_MS);
			// By then what it said at the beginning is taken away again.
			await until(() => messagesIn(BOT_VISITOR).length === 1, 'only the video is left', TIMEOUT_MS);
			expect(messagesIn(BOT_VISITOR)).toMatchObject([{ replyTo: said, video: sampleVideo }]);
			expect(examples.vendorsAskedFor(caption)).toEqual([provider]);
		},
		TIMEOUT_MS,
	);
});

test(
	'who may not order, and who sends no photo, is told what to do; nothing is downloaded or ordered',
	async () => {
		const id = await publish();
		const { calls } = telegram();
		const before = calls.length;
		const ordered = examples.stage.sandbox.tasks().length;
		const stranger = { from: STRANGER, caption: 'A boat', photo: sampleImage };
		expect(await answersTo(id, stranger)).toMatchObject([
			{ text: expect.stringContaining(String(STRANGER)) },
		]);
		expect(await answersTo(id, { from: BOT_VISITOR, text: '/start' })).toMatchObject([
			{ text: expect.stringMatching(/^Send me a photo/) },
		]);
		expect(calls.slice(before)).toEqual(['sendMessage', 'sendMessage']);
		expect(examples.stage.sandbox.tasks()).toHaveLength(ordered);
	},
	TIMEOUT_MS,
);

test(
	'in a group only /video is for the bot, and of an album the photo with the caption',
	async () => {
		const id = await publish();
		const photo = sampleImage;
		const inGroup = { from: BOT_VISITOR, group: GROUP };
		expect(await answersTo(id, { ...inGroup, text: 'Hello everybody' })).toEqual([]);
		expect(await answersTo(id, { ...inGroup, caption: 'Our new shop', photo })).toEqual([]);
		expect(await answersTo(id, { from: BOT_VISITOR, photo, album: 'one' })).toEqual([]);

		const caption = '/video@stand_in_bot The shop opens its doors';
		const answers = await answersTo(id, { ...inGroup, caption, photo, album: 'two' });
		expect(answers).toMatchObject([{ video: sampleVideo }]);
		const [order, ...others] = examples.stage.sandbox
			.tasks()
			.map(({ input }) => JSON.stringify(input))
			.filter((text) => text.includes('The shop opens'));
		expect(others).toEqual([]);
		expect(order).not.toContain('/video');
	},
	TIMEOUT_MS,
);

test(
	'without a caption the settings say what happens',
	async () => {
		const answers = await answersTo(await publish(), { from: BOT_VISITOR, photo: sampleImage });
		expect(answers).toMatchObject([{ video: sampleVideo }]);
		expect(examples.vendorsAskedFor('The picture comes to life')).toEqual(['kie']);
	},
	TIMEOUT_MS,
);

test(
	'what goes wrong is said in the chat: no video, a photo that is too large, a video that is too large',
	async () => {
		const id = await publish();
		const failing = { from: BOT_VISITOR, caption: 'A boat_that_sinks [fail]', photo: sampleImage };
		expect(await answersTo(id, failing)).toMatchObject([
			{ text: expect.stringMatching(/^No video this time\. .*could not generate/) },
		]);
		telegram().messages.length = 0;
		const tooBig: Said = { from: BOT_VISITOR, caption: 'A huge boat', photo: 'too-big' };
		expect(await answersTo(id, tooBig)).toMatchObject([
			{ text: expect.stringMatching(/^No video this time\. .*file is too big/) },
		]);
		telegram().messages.length = 0;
		telegram().maxUploadBytes = 10;
		const long = { from: BOT_VISITOR, caption: 'A long boat', photo: sampleImage };
		expect(await answersTo(id, long)).toMatchObject([
			{ text: expect.stringMatching(/^Telegram did not take the file.+\.mp4/) },
		]);
		expect(examples.vendorsAskedFor('A huge boat')).toEqual([]);
	},
	TIMEOUT_MS,
);
