import { version } from 'n8n-workflow/package.json';

interface Since {
	major: number;
	minor: number;
}

/**
 * First n8n-workflow version (it follows n8n's own) in which a node that is resumed can end with an
 * error, so that a video that failed does not come out as a finished one.
 */
const PARKING: Since = { major: 2, minor: 30 };

/** First version whose Data Table node makes tables. */
const TABLES: Since = { major: 2, minor: 3 };

/** First version in which every release sends rows with `details` to the error output. */
const DETAILS: Since = { major: 2, minor: 36 };

/** First version that keeps what a credential makes for itself, and nothing else of it, as it was. */
const SECRETS: Since = { major: 2, minor: 36 };

function isSince({ major, minor }: Since, workflowVersion: string): boolean {
	const [ownMajor = 0, ownMinor = 0] = workflowVersion.split('.').map(Number);
	return ownMajor === major ? ownMinor >= minor : ownMajor > major;
}

/** Whether this n8n can pause an execution at a node that takes delivery itself. */
export const canPark = (workflowVersion: string = version): boolean =>
	isSince(PARKING, workflowVersion);

/** Whether a workflow of this n8n can make Data Tables. */
export const canMakeTables = (workflowVersion: string = version): boolean =>
	isSince(TABLES, workflowVersion);

/** Whether a row with `error` and `details` goes to a node's error output. */
export const takesDetails = (workflowVersion: string = version): boolean =>
	isSince(DETAILS, workflowVersion);

/**
 * Whether this n8n lets a credential keep a secret of its own. Older ones would write expressions in
 * its other fields over with their values.
 */
export const canKeepSecrets = (workflowVersion: string = version): boolean =>
	isSince(SECRETS, workflowVersion);
