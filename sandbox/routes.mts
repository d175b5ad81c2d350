import type { ModelPage, PagePaths } from './pages/index.mts';
import type { Route } from './vendors/vendor.mts';

const pathsOf = (page: ModelPage): PagePaths[] => (page.legacy ? [page, page.legacy] : [page]);

/** The pages whose model is created at this path. */
export const createdAt = (path: string, pages: readonly ModelPage[]) =>
	pages.filter((page) => pathsOf(page).some(({ createPath }) => createPath === path));

const placeholder = '{taskId}';

function readTaskPath(taskPath: string, path: string, query: URLSearchParams): Route | undefined {
	const [pathTemplate = '', queryTemplate = ''] = taskPath.split('?');
	const [before = '', after] = pathTemplate.split(placeholder);
	if (after === undefined) {
		if (path !== pathTemplate) return undefined;
		const [name = ''] = queryTemplate.split('=');
		return { operation: 'status', taskId: query.get(name) ?? undefined };
	}
	if (!path.startsWith(before) || !path.endsWith(after)) return undefined;
	const taskId = path.slice(before.length, path.length - after.length);
	return taskId === '' || taskId.includes('/') ? undefined : { operation: 'status', taskId };
}

/** Of a GET: whether it asks for a task, and for which. */
export function findTaskRoute(
	path: string,
	query: URLSearchParams,
	pages: readonly ModelPage[],
): Route | undefined {
	for (const { taskPath } of pages.flatMap(pathsOf)) {
		const route = readTaskPath(taskPath, path, query);
		if (route) return route;
	}
	return undefined;
}
