import type { Catalogue, Provider } from '../domain/provider';
import { aimlapi } from './aimlapi';
import { apikley } from './apikley';
import { byteplus } from './byteplus';
import { fal } from './fal';
import { kie } from './kie';
import { modellix } from './modellix';
import { openrouter } from './openrouter';
import { replicate } from './replicate';
import { volcengine } from './volcengine';
import { wavespeed } from './wavespeed';

/** Every vendor, in the order in which the nodes offer it. */
export const providers: Catalogue = {
	apikley,
	modellix,
	aimlapi,
	kie,
	byteplus,
	volcengine,
	fal,
	replicate,
	wavespeed,
	openrouter,
};

/** The provider of that ID; undefined for one that this version does not know. */
export function findProvider(id: unknown): Provider | undefined {
	return typeof id === 'string' && Object.hasOwn(providers, id) ? providers[id] : undefined;
}
