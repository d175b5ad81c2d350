import type { JsonObject } from '../domain/json';
import type { ImageSlot, ModelEntry, WireInput } from '../domain/model';
import type { TaskReference, TaskStatus } from '../domain/task';
import type { LargeFile, UploadFile } from '../domain/vendor';
import type { Budget } from './budget';
import type { CallbackKey } from './callbackToken';
import type { LedgerPage, OrderAbout } from './ledger';
import type { Ordered } from './row';
import type { Session } from './session';
import type { Uploads } from './uploads';

/** One item's video at one vendor, checked and ready to be paid for. */
export interface Order {
	session: Session;
	itemIndex: number;
	model: ModelEntry;
	/** The model's parameters under the vendor's names. */
	input: WireInput;
	/** Images and other files, in the order in which they go into the request. */
	media: readonly Media[];
	uploads: Uploads;
	/** What the user adds under the vendor's names; it goes in last and wins. */
	additional: WireInput;
	/** Where the vendor reports the end of the task. */
	callbackUrl?: string;
	/** Whom to notify of the end. */
	target?: CallbackTarget;
	/** Nothing is ordered while the account holds less, in the vendor's own unit. */
	minimumBalance?: number;
	/** Nothing is ordered that costs more, in the vendor's currency. */
	maxPrice?: number;
	page: LedgerPage;
	/** For the row. */
	ordered?: Ordered;
	/** Fields of the item that stand beside those of its row. */
	inputFields?: JsonObject;
	/** Why the model's parameters could not be checked, where that was to be. */
	unchecked?: string;
	/** What the node may still order in this execution. */
	budget: Budget;
	/** For the readers of the ledger. */
	about: OrderAbout;
	resubmitUnknown: boolean;
	/** Whether the vendor is to cancel the task when the user stops the execution. */
	cancelOnStop: boolean;
	waiting: WaitingRules;
	output: OutputRules;
}

/** Where an item's end is to be reported, and what the user wants to get back with it. */
export interface CallbackTarget {
	url: string;
	/** Whether it is a Seedance Trigger, which can be asked whether it has delivered. */
	isTrigger: boolean;
	/** Signs the address. */
	key: CallbackKey;
	context: unknown;
}

/** Where a file goes in the request, and its address or the file that has to be uploaded first. */
export type Media = { slot: Pick<ImageSlot, 'wireName' | 'isList'> } & (
	| { address: string }
	| { file: UploadFile }
	| { large: LargeFile }
);

export interface WaitingRules {
	timeoutMinutes: number;
	/** The longest gap between two looks, where the user set one. */
	maxPollGapMs?: number;
}

/** What goes into the output for a finished task. */
export interface OutputRules {
	/** Whether the vendor's own answer is added. */
	raw: boolean;
	/** The field for the video file; undefined when it is not to be downloaded. */
	binaryProperty?: string;
	/** A longer file is not taken. */
	maxFileBytes?: number;
	/** What the files are called, without an extension; by the task's ID without. */
	fileName?: string;
}

/** A task that is paid for, and since when. */
export interface TaskHandle extends TaskReference {
	/** The state last seen. */
	status: TaskStatus;
	unknownStatus?: string;
	/** The vendor has called it finished without naming its video. */
	withoutVideo?: { message: string };
	/** Unix milliseconds; of a task that is waited for again, when that began. */
	submittedAt: number;
	/** When it was ordered, where that is known to be longer ago. */
	orderedAt?: number;
}
