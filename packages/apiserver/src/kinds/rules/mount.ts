import type { Container, Volume, VolumeDevice, VolumeMount } from '@coxswain/api/types/core-v1';
import {
  forbiddenField,
  invalidValue,
  notFoundValue,
  notSupported,
  required,
  type Rules,
} from './field.ts';
import { descendingPath } from './path.ts';

const propagations = ['Bidirectional', 'HostToContainer', 'None'];
const recursions = ['Disabled', 'Enabled', 'IfPossible'];

/** Rules of what a container sees of the pod's volumes. */
export function* mounts(
  path: string,
  container: Container,
  volumes: ReadonlyMap<string, Volume>,
): Rules {
  const { volumeMounts = [], volumeDevices = [] } = container;
  const points = new Set<string>();
  for (const [index, mount] of volumeMounts.entries()) {
    const at = `${path}.volumeMounts[${index}]`;
    if (!mount.name) yield required(`${at}.name`);
    if (!volumes.has(mount.name)) yield notFoundValue(`${at}.name`, mount.name);
    if (!mount.mountPath) yield required(`${at}.mountPath`);
    if (points.has(mount.mountPath))
      yield invalidValue(`${at}.mountPath`, mount.mountPath, 'must be unique');
    points.add(mount.mountPath);
    if (volumeDevices.some(({ name }) => name === mount.name))
      yield invalidValue(`${at}.name`, mount.name, 'must not already exist in volumeDevices');
    if (volumeDevices.some(({ devicePath }) => devicePath === mount.mountPath))
      yield invalidValue(
        `${at}.mountPath`,
        mount.mountPath,
        'must not already exist as a path in volumeDevices',
      );
    if (mount.subPath || mount.subPathExpr || mount.mountPropagation || mount.recursiveReadOnly)
      yield* mountOptions(`${path}.volumeMounts`, at, mount, container);
  }
  yield* devices(path, volumeDevices, volumeMounts, volumes);
}

/** Upstream names the list, not the item, in most of these. */
function* mountOptions(list: string, at: string, mount: VolumeMount, container: Container): Rules {
  const { subPath, subPathExpr, mountPropagation, recursiveReadOnly, readOnly } = mount;
  if (subPath) yield* descendingPath(`${list}.subPath`, subPath);
  if (subPathExpr) {
    if (subPath)
      yield invalidValue(
        `${at}.subPathExpr`,
        subPathExpr,
        'subPathExpr and subPath are mutually exclusive',
      );
    yield* descendingPath(`${list}.subPathExpr`, subPathExpr);
  }
  if (mountPropagation !== undefined) {
    if (!propagations.includes(mountPropagation))
      yield notSupported(`${list}.mountPropagation`, mountPropagation, propagations);
    if (mountPropagation === 'Bidirectional' && !container.securityContext?.privileged)
      yield forbiddenField(
        `${list}.mountPropagation`,
        'Bidirectional mount propagation is available only to privileged containers',
      );
  }
  if (recursiveReadOnly === undefined || recursiveReadOnly === 'Disabled') return;
  if (!recursions.includes(recursiveReadOnly)) {
    yield notSupported(`${list}.recursiveReadOnly`, recursiveReadOnly, recursions);
    return;
  }
  if (!readOnly)
    yield forbiddenField(
      `${list}.recursiveReadOnly`,
      'may only be specified when readOnly is true',
    );
  if (mountPropagation !== undefined && mountPropagation !== 'None')
    yield forbiddenField(
      `${list}.recursiveReadOnly`,
      'may only be specified when mountPropagation is None or not specified',
    );
}

function* devices(
  path: string,
  given: readonly VolumeDevice[],
  volumeMounts: readonly VolumeMount[],
  volumes: ReadonlyMap<string, Volume>,
): Rules {
  const names = new Set<string>();
  const paths = new Set<string>();
  for (const [index, { name, devicePath }] of given.entries()) {
    const at = `${path}.volumeDevices[${index}]`;
    const volume = volumes.get(name);
    if (!name) yield required(`${at}.name`);
    if (names.has(name)) yield invalidValue(`${at}.name`, name, 'must be unique');
    if (!volume) yield notFoundValue(`${at}.name`, name);
    else if (!volume.persistentVolumeClaim && !volume.ephemeral)
      yield invalidValue(
        `${at}.name`,
        name,
        'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode',
      );
    if (!devicePath) yield required(`${at}.devicePath`);
    if (paths.has(devicePath)) yield invalidValue(`${at}.devicePath`, devicePath, 'must be unique');
    if (devicePath.split('/').includes('..'))
      yield invalidValue(`${at}.devicePath`, devicePath, "can not contain backsteps ('..')");
    if (volumeMounts.some((mount) => mount.name === name))
      yield invalidValue(`${at}.name`, name, 'must not already exist in volumeMounts');
    if (volumeMounts.some(({ mountPath }) => mountPath === devicePath))
      yield invalidValue(
        `${at}.devicePath`,
        devicePath,
        'must not already exist as a path in volumeMounts',
      );
    names.add(name);
    paths.add(devicePath);
  }
}
