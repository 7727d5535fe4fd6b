import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { replaceEach } from './support/nginx.ts';
import { freePort } from './support/ports.ts';
import { TestMiner } from './support/test-miner.ts';
import { believing, startTestPlatform, temporaryFolder } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

interface Panel {
  readonly type: string;
  readonly title: string;
  readonly id: number;
  readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number };
  readonly targets?: readonly { readonly expr: string; readonly refId: string }[];
}
interface Dashboard {
  readonly panels: readonly Panel[];
  readonly annotations: { readonly list: readonly { readonly expr?: string }[] };
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}
interface Alerts {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string }[];
  }[];
}

const deployFolder = join(import.meta.dirname, '../resources/deploy');
const shipped = (name: string) => readFileSync(join(deployFolder, name), 'utf8');
const dashboard = JSON.parse(shipped('grafana-dashboard.json')) as Dashboard;
const rules = (parse(shipped('alerts.yml')) as Alerts).groups.flatMap((group) => group.rules);
const queries = [
  ...dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr, refId }) => ({ of: `${title} ${refId}`, expr })),
  ),
  ...dashboard.annotations.list.flatMap(({ expr }) =>
    expr === undefined ? [] : [{ of: 'annotation', expr }],
  ),
];

test('the dashboard and the alerts ask only for metrics and labels that the platform has', async () => {
  const { apiUrl, mqttUrl } = await startTestPlatform({ args: believing });
  // Verdicts appear with the first report.
  const miner = await TestMiner.connect({ workerId: 'rig-1', mqttUrl });
  await miner.introduce();
  await miner.block();
  const text = await (await fetch(`${apiUrl}/metrics`)).text();
  const samples = [...text.matchAll(/^([a-z_]+)(?:\{(.*)\})? /gm)].map(([, name = '', labels = '']) => ({
    name,
    labels: new Map(
      [...labels.matchAll(/([a-z_]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]),
    ),
  }));
  const asked = [
    ...[...queries, ...rules.map(({ alert, expr }) => ({ of: alert, expr }))],
    ...dashboard.templating.list.map(({ name, definition = '' }) => ({ of: name, expr: definition })),
  ];
  let checked = 0;
  for (const { of, expr } of asked) {
    for (const [, name = '', labels = ''] of expr.matchAll(
      /\b((?:xenblocks|process)_[a-z_]+)(?:\{([^}]*)\})?/g,
    )) {
      checked += 1;
      const own = samples.filter((sample) => sample.name === name);
      expect(own.length, `${of}: ${name}`).toBeGreaterThan(0);
      // Those that Prometheus adds to what it scrapes are not there yet.
      for (const [, key = '', operator, value = ''] of labels.matchAll(/([a-z_]+)(=~?)"([^"]*)"/g)) {
        if (key === 'instance' || key === 'job') continue;
        const matches = operator === '=~' ? new RegExp(`^(${value})$`) : undefined;
        const found = own.filter((sample) => {
          const has = sample.labels.get(key);
          return has !== undefined && (matches ? matches.test(has) : has === value);
        });
        expect(found.length, `${of}: ${name}{${key}="${value}"}`).toBeGreaterThan(0);
      }
    }
  }
  expect(checked).toBeGreaterThan(50);
});

test('the panels of the dashboard have their own places and ids, and say what they show', () => {
  const { panels } = dashboard;
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const taken = new Set<string>();
  for (const { title, gridPos } of panels) {
    expect(title).not.toBe('');
    expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        expect(taken.has(`${x} ${y}`), title).toBe(false);
        taken.add(`${x} ${y}`);
      }
    }
  }
});

const hasPrometheus = spawnSync('prometheus', ['--version']).error === undefined;
const skipped = hasPrometheus ? '' : ' (SKIPPED: prometheus is not installed)';

describe.skipIf(!hasPrometheus)('a real Prometheus' + skipped, () => {
  test('with the shipped configuration finds an answer to every query of the dashboard, and no alert', async () => {
    const { apiUrl, mqttUrl } = await startTestPlatform({ args: believing });
    const miner = await TestMiner.connect({ workerId: 'rig-1', mqttUrl });
    await miner.introduce();
    await miner.heartbeat({ hashrate: 10 });
    await miner.block();
    const port = await freePort();
    startPrometheus(new URL(apiUrl).host, port);
    const ask = async <Data>(path: string) => {
      const response = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`);
      const { data, error } = (await response.json()) as { data: Data; error?: string };
      if (error !== undefined) throw new Error(`${path}: ${error}`);
      return data;
    };
    const query = async (expr: string) =>
      (await ask<{ result: unknown[] }>(`query?query=${encodeURIComponent(expr)}`)).result;
    const enough = 'count_over_time(up{job="xenblocks"}[1m]) >= 4';
    await waitFor(async () => (await query(enough)).length === 1, 'four scrapes');

    for (const { of, expr } of queries) {
      const asked = expr.replaceAll('$instance', '.*').replaceAll('$__rate_interval', '1m');
      expect((await query(asked)).length, `${of}: ${asked}`).toBeGreaterThan(0);
    }
    const { groups } = await ask<{ groups: { rules: { name: string; health: string; state: string }[] }[] }>(
      'rules',
    );
    const evaluated = groups.flatMap((group) => group.rules);
    expect(evaluated.map(({ name, health }) => [name, health])).toEqual(
      rules.map(({ alert }) => [alert, 'ok']),
    );
    expect(evaluated.filter(({ state }) => state === 'firing')).toEqual([]);
  });

  test('raises the alerts when they are due', () => {
    const folder = temporaryFolder();
    cpSync(join(deployFolder, 'alerts.yml'), join(folder, 'alerts.yml'));
    const path = join(folder, 'test.yml');
    writeFileSync(path, alertTests);
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', path], { encoding: 'utf8' });
    expect(status, stdout + stderr).toBe(0);
  });
});

/** Prometheus with the shipped files, scraping every fifth of a second. */
function startPrometheus(target: string, port: number): void {
  const folder = temporaryFolder();
  cpSync(join(deployFolder, 'alerts.yml'), join(folder, 'alerts.yml'));
  const path = join(folder, 'prometheus.yml');
  writeFileSync(
    path,
    replaceEach(shipped('prometheus.yml'), [
      ['localhost:8080', target],
      ['_interval: 15s', '_interval: 200ms'],
    ]),
  );
  const prometheus = spawn(
    'prometheus',
    [
      ...[`--config.file=${path}`, `--storage.tsdb.path=${join(folder, 'data')}`],
      ...[`--web.listen-address=127.0.0.1:${port}`, '--log.level=error'],
    ],
    { stdio: 'ignore' },
  );
  const closed = once(prometheus, 'close');
  onTestFinished(async () => {
    prometheus.kill('SIGTERM');
    await closed;
  });
}

/** For promtool: what happens on the left, whether the alert is raised then on the right. */
const alertTests = `
rule_files: [alerts.yml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - { series: 'up{job="xenblocks", instance="farm"}', values: '1x10 0x10' }
      - { series: 'xenblocks_workers{job="xenblocks", instance="farm", status="online"}', values: '100x60 70x30' }
      - { series: 'xenblocks_workers{job="xenblocks", instance="farm", status="offline"}', values: '900x90' }
      - { series: 'xenblocks_mqtt_refused_total{job="xenblocks", instance="farm", reason="not_stored"}', values: '0x20 5x60' }
      - { series: 'xenblocks_mqtt_refused_total{job="xenblocks", instance="farm", reason="bad_credentials"}', values: '0x60 0+120x30' }
      - { series: 'xenblocks_http_errors_total{job="xenblocks", instance="farm", code="unauthorized"}', values: '0x90' }
      - { series: 'xenblocks_mqtt_acknowledge_seconds_bucket{job="xenblocks", instance="farm", le="0.25"}', values: '0+100x30 3000x60' }
      - { series: 'xenblocks_mqtt_acknowledge_seconds_bucket{job="xenblocks", instance="farm", le="1"}', values: '0+100x90' }
      - { series: 'xenblocks_mqtt_acknowledge_seconds_bucket{job="xenblocks", instance="farm", le="+Inf"}', values: '0+100x90' }
      - { series: 'xenblocks_backup_last_success_timestamp_seconds{job="xenblocks", instance="farm"}', values: '0x100 3600x1700' }
      - { series: 'xenblocks_uptime_seconds{job="xenblocks", instance="farm"}', values: '0+60x1800' }
    alert_rule_test:
      - { eval_time: 27h, alertname: XenblocksBackupOld }
      - eval_time: 28h
        alertname: XenblocksBackupOld
        exp_alerts:
          - exp_labels: { severity: warning, job: xenblocks, instance: farm }
            exp_annotations: { summary: farm has made no good backup for more than a day. }
      - { eval_time: 9m, alertname: XenblocksDown }
      - eval_time: 14m
        alertname: XenblocksDown
        exp_alerts:
          - exp_labels: { severity: critical, job: xenblocks, instance: farm }
            exp_annotations: { summary: The platform farm does not answer. }
      - { eval_time: 50m, alertname: XenblocksWorkersLost }
      - eval_time: 70m
        alertname: XenblocksWorkersLost
        exp_alerts:
          - exp_labels: { severity: warning, job: xenblocks, instance: farm, status: online }
            exp_annotations:
              summary: Only 70 workers are online, less than 80 % of the most within the last hour.
      - { eval_time: 15m, alertname: XenblocksNotStored }
      - eval_time: 22m
        alertname: XenblocksNotStored
        exp_alerts:
          - exp_labels: { severity: critical, job: xenblocks, instance: farm, reason: not_stored }
            exp_annotations:
              summary: farm could not store what miners sent; is the disk full? Its log says why.
      - { eval_time: 55m, alertname: XenblocksGuessing }
      - eval_time: 85m
        alertname: XenblocksGuessing
        exp_alerts:
          - exp_labels: { severity: warning, instance: farm }
            exp_annotations:
              summary: 'Somebody may be guessing keys of farm: 2 refused tries a second.'
      - { eval_time: 25m, alertname: XenblocksSlowAcknowledgements }
      - eval_time: 60m
        alertname: XenblocksSlowAcknowledgements
        exp_alerts:
          - exp_labels: { severity: warning, instance: farm }
            exp_annotations:
              summary: Every hundredth message waits 992.5ms or longer for its PUBACK.
`;
