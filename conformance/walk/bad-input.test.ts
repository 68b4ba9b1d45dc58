/** What wrong input gets: one clear sentence, the right exit code, and nothing left half started. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { cox, expectDone, freshName, WalkCluster } from '../testing/cluster.ts';
import { processesOf } from '../testing/leftovers.ts';
import { isRoot } from '../testing/machine.ts';
import { walk } from '../testing/walk.ts';

describe('wrong usage: exit code 2, the flag named, the nearest right one', () => {
  const cases: readonly {
    readonly name: string;
    readonly args: readonly string[];
    readonly says: string;
  }[] = [
    {
      name: 'a misspelt verb',
      args: ['upp'],
      says: 'cox: unknown verb "upp"; did you mean "up"?\n',
    },
    {
      name: 'a misspelt flag',
      args: ['up', '--nmae', 'x'],
      says: 'cox up: unknown flag: --nmae (did you mean --name?)\n',
    },
    {
      name: 'a value that is no number',
      args: ['up', '--nodes', 'two'],
      says: 'cox up: invalid value "two" for --nodes: must be a whole number from 0 to 200\n',
    },
    {
      name: 'a port out of range',
      args: ['up', '--port=70000'],
      says: 'cox up: invalid value "70000" for --port: must be a whole number from 0 to 65535\n',
    },
    {
      name: 'a choice that is none',
      args: ['up', '--runtime', 'containrd'],
      says: 'cox up: invalid value "containrd" for --runtime: must be one of containerd, simulated (did you mean containerd?)\n',
    },
    {
      name: 'a name that cannot be one',
      args: ['up', '--name', 'Big_One'],
      says: 'cox up: invalid value "Big_One" for --name: lower case letters, digits and -, at most 30\n',
    },
    {
      name: 'a flag without its value',
      args: ['down', '--name'],
      says: 'cox down: flag needs a value: --name\n',
    },
    {
      name: 'an argument too many',
      args: ['down', 'coxswain'],
      says: 'cox down: unexpected argument "coxswain"; the cluster goes into --name\n',
    },
    {
      name: "kube-apiserver's own flags are checked too",
      args: ['up', '--authorization-mode', 'Node,RBCA'],
      says: 'cox up: invalid value "Node,RBCA" for --authorization-mode: ',
    },
    {
      name: 'a component that is none',
      args: ['serve', 'schedular'],
      says: 'cox serve: unknown component "schedular"; did you mean "scheduler"?\n',
    },
    {
      name: 'an image action that is none',
      args: ['image', 'imprt', 'x'],
      says: 'cox image: unknown action "imprt"; did you mean "import"?\n',
    },
  ];
  for (const { name, args, says } of cases)
    test(name, async () => {
      const { code, out, err } = await cox(args);
      assert.deepEqual([code, out], [2, ''], err);
      assert.ok(err.startsWith(says), err);
      assert.match(err, /\nSee: cox( \w+)? --help\n$/);
    });
  test('--help is everywhere, and exits 0', async () => {
    for (const verb of [[], ['up'], ['down'], ['status'], ['clusters'], ['image'], ['serve']]) {
      const { code, out, err } = await cox([...verb, '--help']);
      assert.deepEqual([code, err], [0, '']);
      assert.match(out, /--|cox /);
    }
  });
});

describe('a start that cannot be: exit code 1, and nothing is left', () => {
  /** Starts a simulated cluster that must fail; gives what it said. */
  const upFails = async (cluster: WalkCluster, ...flags: string[]): Promise<string> => {
    const { code, err } = await cox(['up', ...cluster.upFlags, ...flags]);
    assert.equal(code, 1, err);
    assert.doesNotMatch(err, /\n {4}at /, 'no stack trace');
    assert.match(err, /\n {2}what to do: \S/);
    assert.deepEqual(processesOf(cluster.id, [cluster.data]), [], 'nothing runs');
    return err;
  };
  const simulated = { runtime: 'simulated' } as const;

  test('the port is taken', async () => {
    await using cluster = await WalkCluster.prepare(simulated);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    try {
      const err = await upFails(cluster, '--port', String(port));
      assert.match(err, new RegExp(`port ${port} .*(taken|in use)`));
    } finally {
      server.close();
    }
    expectDone(
      'cox up, with the port free',
      await cox(['up', ...cluster.upFlags, '--port', String(port)]),
    );
  });

  test('the kubeconfig cannot be read: it stays as it was', async () => {
    await using cluster = await WalkCluster.prepare(simulated);
    const broken = 'clusters: [ { name: half\n';
    await writeFile(cluster.kubeconfig, broken);
    const err = await upFails(cluster);
    assert.ok(err.includes(cluster.kubeconfig), err);
    assert.match(err, /not valid YAML/);
    assert.equal(await readFile(cluster.kubeconfig, 'utf8'), broken);
    await rm(cluster.kubeconfig);
    expectDone('cox up, with the file away', await cluster.up());
  });

  test('the data were written by another version', async () => {
    await using cluster = await WalkCluster.prepare(simulated);
    expectDone('cox up', await cluster.up());
    expectDone('cox down', await cluster.down());
    const file = join(cluster.data, 'cluster.json');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace(/"layout": \d+/, '"layout": 9999'));
    const err = await upFails(cluster);
    assert.match(err, /has data layout 9999, this version of cox reads \d+/);
    await writeFile(file, text);
    expectDone('cox up, with the file mended', await cluster.up());
  });

  test('the settings are damaged', async () => {
    await using cluster = await WalkCluster.prepare(simulated);
    expectDone('cox up', await cluster.up());
    expectDone('cox down', await cluster.down());
    const file = join(cluster.data, 'cluster.json');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.slice(0, 20));
    assert.ok((await upFails(cluster)).includes(file));
    await writeFile(file, text);
  });

  test('the store is damaged', async () => {
    await using cluster = await WalkCluster.prepare(simulated);
    expectDone('cox up', await cluster.up());
    expectDone('cox down', await cluster.down());
    const folder = join(cluster.data, 'store');
    const file = (await readdir(folder)).find((name) => name.endsWith('.sqlite'))!;
    const handle = await open(join(folder, file), 'r+');
    await handle.write(Buffer.alloc(8192, 0x5a), 0, 8192, 0);
    await handle.close();
    const err = await upFails(cluster);
    assert.ok(err.includes(join(folder, file)), err);
    assert.match(err, /damaged/);
  });

  test('the data folder cannot be written', async () => {
    const folder = '/proc/coxswain'; // nobody can, not even root
    const args = ['--runtime', 'simulated', '--name', freshName(), '--data', folder];
    const { code, err } = await cox(['up', ...args]);
    assert.equal(code, 1);
    assert.ok(err.includes(`cannot write to ${folder}`), err);
  });

  test('the data folder is a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cox-walk-file-'));
    await writeFile(join(folder, 'data'), 'a file');
    const { code, err } = await cox([
      'up',
      '--runtime',
      'simulated',
      '--name',
      freshName(),
      '--data',
      join(folder, 'data'),
    ]);
    assert.equal(code, 1);
    assert.match(err, /^cox up: .*data: /);
    assert.doesNotMatch(err, /\n {4}at /, 'no stack trace');
    assert.equal((await stat(join(folder, 'data'))).size, 6);
    await rm(folder, { recursive: true });
  });

  test('there is no such cluster', async () => {
    const name = freshName();
    for (const verb of ['down', 'status']) {
      const { code, err } = await cox([verb, '--name', name]);
      assert.equal(code, 1);
      assert.ok(err.startsWith(`cox ${verb}: there is no cluster called "${name}"\n`), err);
    }
  });

  test('what is running takes no other settings', async () => {
    await using cluster = await WalkCluster.prepare(simulated);
    expectDone('cox up', await cluster.up());
    const { code, err } = await cox(['up', ...cluster.upFlags, '--nodes', '3']);
    assert.equal(code, 1);
    assert.match(err, /is running with --nodes 1\n {2}what to do: stop it first/);
    assert.equal((await cluster.status()).running, true);
    const image = await cox(['image', 'ls', '--name', cluster.name]);
    assert.equal(image.code, 1);
    assert.match(image.err, /runs simulated containers, which need no images/);
  });

  test(
    'a folder for the disk is full',
    { skip: !isRoot && 'needs root for a small disk' },
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'cox-walk-full-'));
      const { mustRun } = await import('../testing/run.ts');
      await mkdir(join(folder, 'disk'));
      await mustRun(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', join(folder, 'disk')]);
      try {
        await writeFile(join(folder, 'disk', 'ballast'), Buffer.alloc(65_536)).catch(() => {});
        const name = freshName();
        const args = [
          '--name',
          name,
          '--data',
          join(folder, 'disk', 'data'),
          '--kubeconfig',
          join(folder, 'config'),
        ];
        const { code, err } = await cox(['up', '--runtime', 'simulated', '--port', '0', ...args]);
        assert.equal(code, 1);
        assert.match(err, /full/);
        assert.match(err, /what to do: free some space/);
      } finally {
        await mustRun(['umount', join(folder, 'disk')]);
        await rm(folder, { recursive: true });
      }
    },
  );
});

walk('invalid objects', { runtime: 'simulated' }, (story) => {
  story(
    "are refused in upstream's words",
    { kubectl: true },
    async ({ kubectlFails, kubectl, step }) => {
      const apply = (input: string, ...flags: string[]): Promise<string> =>
        kubectlFails(['apply', ...flags, '-f', '-'], { input });
      await step('YAML that is none: the line is named', async () => {
        assert.match(
          await apply('apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n data: x\n'),
          /^error: error parsing STDIN: error converting YAML to JSON: yaml: line \d+: /,
        );
      });
      await step('a field that is unknown, strictly', async () => {
        const err = await apply(
          'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  containers:\n  - { name: a, image: x, imagee: y }\n',
        );
        assert.equal(
          err,
          'Error from server (BadRequest): error when creating "STDIN": Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.containers[0].imagee"\n',
        );
      });
      await step('the same, only warned of', async () => {
        await kubectl(['create', '--validate=warn', '-f', '-'], {
          input:
            'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: warned }\ndata: {}\nextra: 1\n',
        });
      });
      await step('a value of a wrong type', async () => {
        const err = await apply(
          'apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec: { ports: [{ port: many }] }\n',
        );
        assert.match(
          err,
          /cannot unmarshal string into Go struct field ServicePort\.spec\.ports\.port of type int32/,
        );
      });
      await step('a kind that is none', async () => {
        assert.match(
          await apply('apiVersion: v1\nkind: Boat\nmetadata: { name: a }\n'),
          /no matches for kind "Boat" in version "v1"\nensure CRDs are installed first/,
        );
      });
      await step('values out of their rules, all at once', async () => {
        const err = await apply(
          'apiVersion: v1\nkind: Pod\nmetadata: { name: Bad_Name }\nspec:\n  restartPolicy: Sometimes\n  containers:\n  - { name: a, image: x, ports: [{ containerPort: 99999 }] }\n',
        );
        assert.match(err, /^The Pod "Bad_Name" is invalid: \n/);
        assert.match(
          err,
          /\n\* metadata\.name: Invalid value: "Bad_Name": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '\.', and must start and end with an alphanumeric character \(e\.g\. 'example\.com', regex used for validation is /,
        );
        assert.match(
          err,
          /\n\* spec\.containers\[0\]\.ports\[0\]\.containerPort: Invalid value: 99999: must be between 1 and 65535, inclusive\n/,
        );
        assert.match(
          err,
          /\n\* spec\.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "(?:OnFailure", "Never|Never", "OnFailure)"\n/,
        );
      });
      await step('a container without a name or an image', async () => {
        const err = await apply(
          'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { containers: [{}] }\n',
        );
        assert.match(err, /spec\.containers\[0\]\.name: Required value/);
        assert.match(err, /spec\.containers\[0\]\.image: Required value/);
      });
      await step('something that is there already', async () => {
        const err = await kubectlFails('create configmap warned');
        assert.equal(
          err,
          'error: failed to create configmap: configmaps "warned" already exists\n',
        );
      });
    },
  );
});
