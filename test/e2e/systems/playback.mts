import type { Browser, Page } from 'playwright-core';

const ADDRESS = 'http://clip.example/';

export interface Playback {
	seconds: number;
	width: number;
	height: number;
}

/** Loads a video as a web page does; rejects with Chromium's own reason when it cannot. */
export async function loadInBrowser(browser: Browser, video: Buffer): Promise<Playback> {
	return await withPlayer(browser, video, load);
}

/** Plays a video to its end, at four times its speed, and tells where that was. */
export async function playInBrowser(
	browser: Browser,
	video: Buffer,
): Promise<Playback & { endedAt: number }> {
	return await withPlayer(browser, video, async (page) => {
		const loaded = await load(page);
		return { ...loaded, endedAt: await play(page) };
	});
}

async function withPlayer<T>(
	browser: Browser,
	video: Buffer,
	work: (page: Page) => Promise<T>,
): Promise<T> {
	const page = await browser.newPage();
	try {
		await page.route(`${ADDRESS}**`, async (route) => {
			const isVideo = route.request().url().endsWith('.mp4');
			await route.fulfill(
				isVideo
					? { contentType: 'video/mp4', body: video }
					: { contentType: 'text/html', body: '<video muted></video>' },
			);
		});
		await page.goto(ADDRESS);
		return await work(page);
	} finally {
		await page.close();
	}
}

const load = async (page: Page) =>
	await page.evaluate(
		async (src) =>
			await new Promise<Playback>((resolve, reject) => {
				const player = document.querySelector('video');
				if (!player) return reject(new Error('no <video>'));
				player.onerror = () => reject(new Error(player.error?.message || 'not playable'));
				// A frame that was drawn, not only a header that was read.
				player.onloadeddata = () =>
					resolve({
						seconds: player.duration,
						width: player.videoWidth,
						height: player.videoHeight,
					});
				player.src = src;
			}),
		`${ADDRESS}clip.mp4`,
	);

const play = async (page: Page) =>
	await page.evaluate(
		async () =>
			await new Promise<number>((resolve, reject) => {
				const player = document.querySelector('video');
				if (!player) return reject(new Error('no <video>'));
				player.onerror = () => reject(new Error(player.error?.message || 'not playable'));
				player.onended = () => resolve(player.currentTime);
				player.playbackRate = 4;
				player.play().catch(reject);
			}),
	);
