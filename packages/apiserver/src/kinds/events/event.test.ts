import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '@coxswain/api/types/events-v1';
import { eventKind } from '../core/event.ts';
import { createErrors, earlier, row, updateErrors } from '../testing/index.ts';
import { eventV1Kind, fromCoreEvent, toCoreEvent } from './event.ts';

const event: Event = {
  apiVersion: 'events.k8s.io/v1',
  kind: 'Event',
  metadata: { name: 'web.1', namespace: 'shop' },
  eventTime: earlier(60),
  reportingController: 'scheduler',
  reportingInstance: 'scheduler-1',
  action: 'Binding',
  reason: 'Scheduled',
  regarding: { kind: 'Pod', name: 'web', namespace: 'shop' },
  note: 'Bound to n1.',
  type: 'Normal',
};

test('an event is the same after its way through the core group', () =>
  assert.deepEqual(fromCoreEvent(toCoreEvent(event)), event));

test('rules of new events', () => {
  assert.deepEqual(createErrors(eventV1Kind, event), []);
  assert.deepEqual(
    createErrors(eventV1Kind, { ...event, type: 'Odd', action: '', deprecatedCount: 3 }),
    [
      'action: Required value',
      'type: Invalid value: "": has invalid value: Odd',
      'count: Invalid value: "": needs to be unset',
    ],
  );
  assert.deepEqual(updateErrors(eventV1Kind, { ...event, note: 'Other.' }, event), [
    'message: Invalid value: "Other.": field is immutable',
  ]);
});

test('rules of core events are those of old', () => {
  const old = {
    metadata: { name: 'a', namespace: 'shop' },
    involvedObject: { namespace: 'other' },
  };
  assert.deepEqual(createErrors(eventKind, old), [
    'involvedObject.namespace: Invalid value: "other": does not match event.namespace',
  ]);
});

test('both versions show the same columns', () => {
  const cells = [
    '60s',
    'Normal',
    'Scheduled',
    'pod/web',
    '',
    'scheduler, scheduler-1',
    'Bound to n1.',
    '60s',
    1,
    'web.1',
  ];
  assert.deepEqual(Object.values(row(eventV1Kind, event)), cells);
  assert.deepEqual(Object.values(row(eventKind, toCoreEvent(event))), cells);
});
