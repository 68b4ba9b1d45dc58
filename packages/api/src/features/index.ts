import { gates } from '../generated/feature-gates.ts';

/** Whether a feature gate of Kubernetes v1.36 is on. */
export type Enabled = (gate: string) => boolean;

/** All gates, and how far each is: `Alpha`, `Beta`, `GA`, `Deprecated`. */
export const featureStages: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(gates).map(([name, { stage }]) => [name, stage]),
);

/** The gates as they are by default. Asking for one that does not exist is a mistake of ours. */
export const defaultFeatures: Enabled = (gate) => {
  const known = gates[gate];
  if (!known) throw new Error(`there is no feature gate ${gate}`);
  return known.isOn;
};

/**
 * The gates as `--feature-gates` sets them: `Name=true,Other=false`, with `AllAlpha` and `AllBeta` for all that are
 * not named. Throws, in upstream's words, for a gate that does not exist or must not change.
 */
export function featuresFrom(text: string): Enabled {
  const set = new Map<string, boolean>();
  for (const pair of text.split(',').filter((part) => part.trim() !== '')) {
    const [name = '', value = ''] = pair.split('=').map((part) => part.trim());
    if (value !== 'true' && value !== 'false')
      throw new Error(
        `invalid value of ${name}=${value}, err: strconv.ParseBool: parsing "${value}": invalid syntax`,
      );
    const isOn = value === 'true';
    const known = gates[name];
    if (!known && name !== 'AllAlpha' && name !== 'AllBeta')
      throw new Error(`unrecognized feature gate: ${name}`);
    if (known?.isLocked && known.isOn !== isOn)
      throw new Error(
        `cannot set feature gate ${name} to ${isOn}, feature is locked to ${known.isOn}`,
      );
    set.set(name, isOn);
  }
  if (set.size === 0) return defaultFeatures;
  return (gate) => {
    const isDefault = defaultFeatures(gate);
    const { stage, isLocked } = gates[gate]!;
    const ofStage =
      stage === 'Alpha' ? set.get('AllAlpha') : stage === 'Beta' ? set.get('AllBeta') : undefined;
    return set.get(gate) ?? (isLocked ? isDefault : (ofStage ?? isDefault));
  };
}
