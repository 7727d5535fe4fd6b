/** Where a miner finds this platform, as far as who looks may know. */
import { computed } from 'vue';
import type { OnboardingView } from '../../../src-main/contract/domain/onboarding.ts';
import { onboardingRoute } from '../../../src-main/contract/rest/onboarding.routes.ts';
import { serviceInfoRoute } from '../../../src-main/contract/rest/service.routes.ts';
import { useCall } from '../../api/query.ts';
import { useSession } from '../../state/session.ts';

const defaultMqttPort = 1883;

export const isLoopback = (host: string) => /^(localhost|127\.|\[?::1)/.test(host);

export function useOnboarding() {
  const session = useSession();
  const { data: service } = useCall(serviceInfoRoute);
  const { data: onboarding } = useCall(onboardingRoute, undefined, {
    refreshMs: 10_000,
    enabled: () => session.isSignedIn || session.access === 'open',
  });
  const hosts = computed<OnboardingView['hosts']>(() => onboarding.value?.hosts ?? []);
  /** The best guess until somebody types another. */
  const bestHost = computed(() => hosts.value[0]?.host ?? location.hostname);
  const apiPort = computed(() => onboarding.value?.api.port ?? (Number(location.port) || 80));
  const mqttPort = computed(() => onboarding.value?.mqtt.port ?? service.value?.mqtt_port ?? defaultMqttPort);
  /** For a phone: what is looked at here, unless only this machine knows it by that name. */
  const dashboardUrl = computed(() => {
    const other = hosts.value.find(({ kind }) => kind === 'lan' || kind === 'request');
    const isReachable = onboarding.value?.api.loopback_only === false && other !== undefined;
    if (!isLoopback(location.hostname) || !isReachable)
      return `${location.protocol}//${location.host}/dashboard/`;
    const host = other.host.includes(':') ? `[${other.host}]` : other.host;
    return `http://${host}:${apiPort.value}/dashboard/`;
  });
  return { onboarding, hosts, bestHost, apiPort, mqttPort, dashboardUrl };
}
