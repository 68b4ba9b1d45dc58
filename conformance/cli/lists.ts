import type { LineList } from './line-list.ts';
import { about } from './lines/about.ts';
import { change } from './lines/change.ts';
import { checklist } from './lines/checklist.ts';
import { completion } from './lines/completion.ts';
import { config } from './lines/config.ts';
import { create } from './lines/create.ts';
import { describe } from './lines/describe.ts';
import { badDiff, differences, noDiff, ownDiff } from './lines/differences.ts';
import { edit } from './lines/edit.ts';
import { files } from './lines/files.ts';
import { get } from './lines/get.ts';
import { kinds, withoutKyaml } from './lines/kinds.ts';
import { global } from './lines/global.ts';
import { kustomize } from './lines/kustomize.ts';
import { look } from './lines/look.ts';
import { metrics } from './lines/metrics.ts';
import { nodes } from './lines/nodes.ts';
import { odd } from './lines/odd.ts';
import { output } from './lines/output.ts';
import { plugins } from './lines/plugins.ts';
import { set } from './lines/set.ts';
import { signIn } from './lines/sign-in.ts';
import { streams } from './lines/streams.ts';
import { verbose } from './lines/verbose.ts';

/** Every list of lines. */
export const lists: readonly LineList[] = [
  get,
  describe,
  look,
  metrics,
  output,
  change,
  create,
  set,
  nodes,
  edit,
  kustomize,
  config,
  about,
  completion,
  signIn,
  plugins,
  streams,
  files,
  kinds,
  withoutKyaml,
  differences,
  ownDiff,
  noDiff,
  badDiff,
  global,
  verbose,
  odd,
  checklist,
];
