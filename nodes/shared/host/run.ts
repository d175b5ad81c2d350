import type { Json, JsonObject } from '../domain/json';
import type { Result } from '../domain/result';
import type { Tables } from '../tasks/tables';
import type { Log, Network } from './network';
import type { PollerPlan } from './pollerPlan';
import type { Process } from './process';
import type {
	FileFetcher,
	FileStore,
	FilmStore,
	Hints,
	NodeInput,
	Pause,
	Rows,
	SessionOpener,
	Stop,
	Whereabouts,
} from './readers';
import type { FilmOutput, FilmResult, Output } from './rows';

/** What a run of a node lets the story do that pauses it, or has others rung. */
export interface ParkingRun extends Network {
	process: Process;
	log: Log;
	executionId: string;
	/** The execution that has called this one and waits for its rows. */
	parentId(): string | undefined;
	/** Which run of the node in this execution it is. */
	runIndex(): number;
	items(): readonly Output[];
	/** What the host keeps for the node in this execution: its own object. */
	kept: JsonObject;
	/** Has the host keep this in the place of an item while the execution is paused. */
	keep(index: number, item: Output): void;
	/** Where the execution takes calls once it is paused. */
	deliveryUrl(): string;
	/** Pauses the execution until then, in Unix milliseconds, or until somebody resumes it. */
	pauseUntil(endsAt: number): Promise<void>;
	/** Starts a hidden execution that rings; says why, where the host does not let it start. */
	startPoller(plan: PollerPlan): Promise<Result<void, string>>;
}

/** A run of a node. Nobody needs all of it: a function takes the readers that it asks something. */
export interface NodeRun
	extends ParkingRun,
		NodeInput,
		FileStore,
		FileFetcher,
		SessionOpener,
		Hints,
		Rows,
		Stop,
		Pause,
		Whereabouts {
	tables: Tables;
}

/** A run of a node that makes films. */
export interface FilmRun extends NodeInput, FileStore, FilmStore, Hints, Pick<Stop, 'stopSignal'> {
	/** One row for each result; throws the host's error for the first problem, where the user wants that. */
	settleFilms(results: readonly FilmResult[]): FilmOutput[];
}

/** One round of a hidden execution that rings. */
export interface PollerRun extends Pick<Network, 'post' | 'read'> {
	process: Process;
	/** What the node was made with. */
	plan: unknown;
	items(): ReadonlyArray<{ json: Json }>;
	kept: JsonObject;
	restUntil(nextAt: number): Promise<void>;
}
