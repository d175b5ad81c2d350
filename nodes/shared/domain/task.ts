import type { VideoInfo } from './mp4Info';
import type { ProblemKind } from './problem';
import { badEnds, isEnd, type TaskStatus } from './status';
import type { TaskReference, TaskUsage } from './taskSchema';

export type { TaskReference, TaskStatus, TaskUsage };

/** A task as a vendor's answer tells it. What the vendor does not tell is not there. */
export interface TaskReport {
	/** Some vendors repeat it; then it has to be the one that was asked for. */
	taskId?: string;
	status: TaskStatus;
	/** The vendor's own word, kept when it is one this package does not know. */
	unknownStatus?: string;
	videoUrl?: string;
	/** The video is given out to the API key alone. */
	videoNeedsKey?: true;
	lastFrameUrl?: string;
	usage?: TaskUsage;
	/** With which it was made, where the vendor says so. */
	seed?: number;
	/** ISO 8601, UTC. */
	createdAt?: string;
	completedAt?: string;
	/** When the video URL stops working. */
	expiresAt?: string;
	/** The kind only where it is another one than that of the status. */
	failure?: { kind?: ProblemKind; code?: string; message: string; requestId?: string };
	/** The vendor calls the task finished and names no video: what it says beside that. */
	withoutVideo?: { message: string };
	/** The callback URL that the vendor has on record for the task. */
	callbackUrl?: string;
	/** The vendor's answer as it came. */
	raw?: unknown;
}

/** What a downloaded video says about itself. */
export interface VideoFacts extends Partial<VideoInfo> {
	bytes: number;
}

/** A task that the vendor has taken. */
export interface Task extends TaskReport, Pick<TaskReference, 'taskUrls'> {
	taskId: string;
	/** Of the file that was downloaded. */
	video?: VideoFacts;
	/** Why there is no last frame although there should be one. */
	lastFrameProblem?: string;
}

export const hasEndedBadly = ({ status }: { status: string }): boolean =>
	badEnds.some((end) => end === status);

export const hasEnded = ({ status }: Pick<Task, 'status'>): boolean => isEnd(status);

/** Visible letters and signs, by which no address can climb out of the folder of its task. */
const taskIdPattern = /^(?!\.+$)[\x21-\x7e]{1,256}$/;

/** Whether a text can be the ID of a task; whoever calls or fills in items may say anything. */
export const isTaskId = (text: string): boolean => taskIdPattern.test(text);
