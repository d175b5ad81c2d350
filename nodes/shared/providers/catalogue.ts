import type { Catalogue } from '../domain/provider';
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

/**
 * Every vendor, in the order in which the nodes offer it. A package of one vendor has another such
 * list (scripts/editions/edition.mts).
 */
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
