import type { Browser } from 'playwright-core';
import { EditorPage, launchBrowser } from '../../lab/browser.mts';
import { account } from './account.mts';
import type { SharedStage } from './stage.mts';

/** A browser for all tests of a file. */
export function useBrowser(): () => Browser {
	let launched: Browser | undefined;
	const browser = () => {
		if (launched === undefined) throw new Error('The browser is there from the first hook on');
		return launched;
	};
	beforeAll(async () => {
		launched = await launchBrowser();
	});
	afterAll(async () => await launched?.close());
	return browser;
}

/** n8n's editor, signed in, for all tests of a file. */
export function useEditor(
	stage: SharedStage,
	viewport?: { width: number; height: number },
): () => EditorPage {
	const browser = useBrowser();
	let signedIn: EditorPage | undefined;
	beforeAll(async () => {
		signedIn = await EditorPage.signIn(browser(), stage.n8n.url, account);
		if (viewport !== undefined) await signedIn.page.setViewportSize(viewport);
	});
	return () => {
		if (signedIn === undefined) throw new Error('The editor is there from the first hook on');
		return signedIn;
	};
}
