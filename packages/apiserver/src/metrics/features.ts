import { featureStages } from '@coxswain/api/features';
import type { World } from '@coxswain/base';

/** Shows which feature gates are on. */
export function featureMetrics({ metrics }: World, enabled: (gate: string) => boolean): void {
  const gauge = metrics.gauge({
    ...{ name: 'kubernetes_feature_enabled', labels: ['name', 'stage'], stability: 'BETA' },
    help: 'Whether a feature is on, and how far it is.',
  });
  for (const [name, stage] of Object.entries(featureStages))
    gauge.set(enabled(name) ? 1 : 0, name, stage === 'GA' ? '' : stage.toUpperCase());
}
