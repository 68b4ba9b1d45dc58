import type { LineList } from './line-list.ts';
import { change } from './lines/change.ts';
import { config } from './lines/config.ts';
import { get } from './lines/get.ts';
import { output } from './lines/output.ts';

/** Every list of lines. */
export const lists: readonly LineList[] = [get, output, change, config];
