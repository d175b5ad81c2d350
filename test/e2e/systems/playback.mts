import type { Browser } from 'playwright-core';

const ADDRESS = 'http://clip.example/';

export interface Playback {
	seconds: number;
	width: number;
	height: number;
}

/** Loads a video as a web page does; rejects with Chromium's own reason when it cannot. */
export async function loadInBrowser(browser: Browser, video: Buffer): Promise<Playback> {
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
		return await page.evaluate(
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
	} finally {
		await page.close();
	}
}
