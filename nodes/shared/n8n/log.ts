import type { Logger } from 'n8n-workflow';
import { printable } from '../domain/words';
import type { Log } from '../host/network';

/** n8n's log; whatever vendors and callers have put into a line, it stays one line. */
export function logOf({ logger }: { logger: Logger }): Log {
	const write =
		(level: keyof Log): Log['debug'] =>
		(message, about) => {
			const line = printable(message);
			if (about === undefined) logger[level](line);
			else logger[level](line, { error: printable(about.error) });
		};
	return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}
