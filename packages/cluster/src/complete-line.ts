import { completionText, files, noFiles, type Offer, offerLines } from '@coxswain/cli/completion';
import { completeOwn } from './command/complete-own.ts';
import { listClusters } from './home/clusters.ts';
import { isCommand, runKubectl } from './run-kubectl.ts';
import { loadVerb } from './verbs/index.ts';
import { verbNames } from './verbs/own.ts';

/** Tab under the name `cox`: what Coxswain's own verbs offer, and behind it what kubectl's do. */
export async function completeLine(
  how: string,
  words: readonly string[],
  out: (text: string) => void,
): Promise<number> {
  const withHelp = how === '__complete';
  const [first, ...more] = words;
  if (first !== undefined && more.length === 0) {
    out(offerLines(await verbsBeginning(first), withHelp));
    return runKubectl([how, ...words]);
  }
  const isKubectls = first === undefined || (isCommand(first) && first !== 'drain');
  const verb = isKubectls ? undefined : await loadVerb(first, more);
  if (!verb) return runKubectl([how, ...words]);
  const clusters = async (): Promise<readonly string[]> =>
    (await listClusters(process.env)).map(({ name }) => name);
  const { offers, isFile, asKubectl } = await completeOwn(verb, more, clusters);
  if (!asKubectl) {
    out(completionText({ words: offers, directive: isFile ? files : noFiles }, withHelp));
    return 0;
  }
  out(offerLines(offers, withHelp));
  return runKubectl([how, ...asKubectl]);
}

/** Those that kubectl has too are offered with its own. */
async function verbsBeginning(typed: string): Promise<readonly Offer[]> {
  const names = verbNames.filter((name) => !isCommand(name) && name.startsWith(typed));
  const verbs = await Promise.all(names.map((name) => loadVerb(name)));
  return verbs.flatMap((verb) => (verb ? [[verb.name, verb.summary] as const] : []));
}
