import type { LineList } from './line-list.ts';
import { about } from './lines/about.ts';
import { change } from './lines/change.ts';
import { config } from './lines/config.ts';
import { describe } from './lines/describe.ts';
import { edit } from './lines/edit.ts';
import { get } from './lines/get.ts';
import { kustomize } from './lines/kustomize.ts';
import { output } from './lines/output.ts';
import { signIn } from './lines/sign-in.ts';

/** Every list of lines. */
export const lists: readonly LineList[] = [
  get,
  describe,
  output,
  change,
  edit,
  kustomize,
  config,
  about,
  signIn,
];
