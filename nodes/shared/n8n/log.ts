import type { Logger } from 'n8n-workflow';
import { printable } from '../domain/words';

type Write = (message: string, about?: { error: string }) => void;

/** n8n's log; whatever vendors and callers have put into a line, it stays one line. */
export function logOf({
	logger,
}: {
	logger: Logger;
}): Record<'debug' | 'info' | 'warn' | 'error', Write> {
	const write =
		(level: 'debug' | 'info' | 'warn' | 'error'): Write =>
		(message, about) => {
			const line = printable(message);
			if (about === undefined) logger[level](line);
			else logger[level](line, { error: printable(about.error) });
		};
	return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}
