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
  /** What those said who may make room, where they could not. */
  readonly after?: readonly string[];
}

/** The sentence of the FailedScheduling event and the PodScheduled condition, in upstream's words. */
export function diagnosisText(diagnosis: Diagnosis): string {
  if (diagnosis.nodes === 0) return 'no nodes available to schedule pods';
  const { after = [] } = diagnosis;
  return after.length === 0 ? fitText(diagnosis) : `${fitText(diagnosis)} ${after.join(', ')}`;
}

function fitText({ nodes, rejections, refused }: Diagnosis): string {
  const head = `0/${nodes} nodes are available:`;
  if (refused !== undefined) return `${head} ${refused}.`;
  const parts = [...rejections].map(([reason, { nodes: count }]) => `${count} ${reason}`);
  return parts.length === 0 ? head : `${head} ${parts.toSorted().join(', ')}.`;
}
