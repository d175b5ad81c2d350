import { version } from 'n8n-workflow/package.json';

/**
 * First n8n-workflow version (it follows n8n's own) in which a parked sub-workflow hands its
 * result and its error to the execution that waits for it.
 */
const PARKING_SINCE = { major: 2, minor: 30 };

/** Whether this n8n can park an execution on a sub-workflow. */
export function canPark(workflowVersion: string = version): boolean {
	const [major = 0, minor = 0] = workflowVersion.split('.').map(Number);
	if (major !== PARKING_SINCE.major) return major > PARKING_SINCE.major;
	return minor >= PARKING_SINCE.minor;
}
