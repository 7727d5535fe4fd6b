/** The platform's addresses and ports on the desktop's settings page: read, changed, and put in force by a restart. */
import { computed, reactive, ref, watch } from 'vue';
import {
  changeSettingsRoute,
  restartRoute,
  settingsRoute,
} from '../../src-main/contract/rest/settings.routes.ts';
import type { SettingsView, SettingView, SettingValue } from '../../src-main/contract/domain/setting.ts';
import { ApiError, call } from '../api/call.ts';
import { invalidate, useCall } from '../api/query.ts';

const onEveryAddress = '0.0.0.0';
const onThisMachine = '127.0.0.1';

/** A restart that takes longer than this is told as such. */
const restartWithinMs = 30_000;
const askEveryMs = 300;

export type NetworkName = 'apiHost' | 'apiPort' | 'mqttHost' | 'mqttPort';

/** Whether others on the network reach a listener. */
export function isExposed(host: string): boolean {
  return !(host === 'localhost' || host === '::1' || host.startsWith('127.'));
}

export function useNetworkSettings() {
  const { data, error, isPending } = useCall(settingsRoute);
  const options = computed(
    () =>
      new Map(data.value?.groups.flatMap((group) => group.options).map((option) => [option.name, option])),
  );
  const form = reactive({ isApiOpen: true, isMqttOpen: true, apiPort: '', mqttPort: '' });
  const isBusy = ref(false);
  const failure = ref('');

  const optionOf = (name: NetworkName): SettingView | undefined => options.value.get(name);
  const textOf = (name: NetworkName) => String(optionOf(name)?.next_value ?? '');

  function fill(): void {
    form.isApiOpen = isExposed(textOf('apiHost'));
    form.isMqttOpen = isExposed(textOf('mqttHost'));
    form.apiPort = textOf('apiPort');
    form.mqttPort = textOf('mqttPort');
  }

  // What it needs is above: a page that is opened again has its answer at once.
  watch(data, (view) => view && fill(), { immediate: true });

  /** An address that somebody chose stays, as long as it is of the wanted kind. */
  function hostFor(name: NetworkName, isOpen: boolean): string {
    const host = textOf(name);
    if (isExposed(host) === isOpen) return host;
    return isOpen ? onEveryAddress : onThisMachine;
  }

  const changes = computed<Record<string, SettingValue>>(() => {
    const wanted: Record<NetworkName, string> = {
      apiHost: hostFor('apiHost', form.isApiOpen),
      apiPort: form.apiPort.trim(),
      mqttHost: hostFor('mqttHost', form.isMqttOpen),
      mqttPort: form.mqttPort.trim(),
    };
    return Object.fromEntries(
      (Object.entries(wanted) as [NetworkName, string][]).filter(
        ([name, value]) => optionOf(name)?.locked === '' && value !== textOf(name),
      ),
    );
  });
  const isChanged = computed(
    () => Object.keys(changes.value).length > 0 || (data.value?.restart_needed.length ?? 0) > 0,
  );

  /** Writes the changes and restarts; what is wrong with them is told before anything is written. @returns success */
  async function apply(): Promise<boolean> {
    isBusy.value = true;
    failure.value = '';
    try {
      if (Object.keys(changes.value).length > 0)
        await call(changeSettingsRoute, { body: { changes: changes.value } });
      await call(restartRoute);
      failure.value = (await settled()).last_error;
      await invalidate(settingsRoute);
      return failure.value === '';
    } catch (reason) {
      failure.value = reason instanceof Error ? reason.message : String(reason);
      return false;
    } finally {
      isBusy.value = false;
    }
  }

  return { data, error, isPending, form, isBusy, failure, isChanged, optionOf, apply };
}

/** The settings after the restart: it runs with the new ones, or says why it went back. */
async function settled(): Promise<SettingsView> {
  const untilMs = Date.now() + restartWithinMs;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, askEveryMs));
    try {
      const view = await call(settingsRoute);
      if (view.restart_needed.length === 0 || view.last_error !== '') return view;
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 0)) throw error;
    }
    if (Date.now() > untilMs)
      throw new Error('The platform did not come back within 30 seconds. The log says why.');
  }
}
