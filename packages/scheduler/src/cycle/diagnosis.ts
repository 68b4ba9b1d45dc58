/** One reason that nodes gave, by one plugin. */
export interface Rejection {
  readonly plugin: string;
  nodes: number;
  /** One of them, for whoever wants to look. */
  readonly example: string | undefined;
}

/** Why no node took a pod: what they said, and which plugins would have to change their mind. */
export interface Diagnosis {
  readonly nodes: number;
  /** By reason. */
  readonly rejections: ReadonlyMap<string, Rejection>;
  readonly plugins: ReadonlySet<string>;
  /** Set when a plugin refused the pod before any node was looked at. */
  readonly refused?: string;
  /** What preemption said, where it could not help either. */
  readonly preemption?: string | undefined;
}

/** The sentence of the FailedScheduling event and the PodScheduled condition, in upstream's words. */
export function diagnosisText(diagnosis: Diagnosis): string {
  if (diagnosis.nodes === 0) return 'no nodes available to schedule pods';
  const { preemption, refused } = diagnosis;
  // Upstream's plugin for claims comes too late to know of a pod that was refused before any node, and says so.
  if (refused !== undefined) return `${fitText(diagnosis)} not found`;
  // Every plugin that may make room is heard: no pod here holds devices that it could give back.
  const after =
    preemption === undefined ? '' : ` no new claims to deallocate, preemption: ${preemption}`;
  return `${fitText(diagnosis)}${after}`;
}

function fitText({ nodes, rejections, refused }: Diagnosis): string {
  const head = `0/${nodes} nodes are available:`;
  if (refused !== undefined) return `${head} ${refused}.`;
  const parts = [...rejections].map(([reason, { nodes: count }]) => `${count} ${reason}`);
  return parts.length === 0 ? head : `${head} ${parts.toSorted().join(', ')}.`;
}
