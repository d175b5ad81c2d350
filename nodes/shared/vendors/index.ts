import type { ProviderId } from '../catalogue';
import { aimlapi } from './aimlapi';
import { apikley } from './apikley';
import { modellix } from './modellix';
import type { Vendor } from './types';

export type * from './types';

export const vendors: Record<ProviderId, Vendor> = { apikley, modellix, aimlapi };
