/** Who is signed in here. The credentials themselves are in a cookie that no script can read. */
import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import {
  closeSessionRoute,
  openSessionOnceRoute,
  openSessionRoute,
  sessionRoute,
} from '../../src-main/contract/rest/browser-session.routes.ts';
import { call, type AnswerOf } from '../api/call.ts';
import { desktop } from '../desktop/bridge.ts';

export type Session = AnswerOf<typeof sessionRoute>;

export const useSession = defineStore('session', () => {
  const session = shallowRef<Session | undefined>();
  const account = computed(() => session.value?.account ?? undefined);
  const access = computed(() => session.value?.access ?? 'standard');
  const isSignedIn = computed(() => account.value !== undefined);
  /** Somebody signed out here: then they are nobody, until they sign in. */
  let hasLeft = false;
  /** May do what an operator may; under open access everybody may. */
  const isAdmin = computed(() => account.value?.role === 'admin');
  const isWallet = computed(() => account.value?.kind === 'wallet');

  /** Asks the platform; whoever it is stays as known when it can't be reached. */
  async function refresh(): Promise<void> {
    const found = await call(sessionRoute);
    session.value = desktop && !found.account && !hasLeft ? await enterAsOperator(found) : found;
  }

  /** The program's own window is the operator's: the program hands it a token, and no key is typed. */
  async function enterAsOperator(nobody: Session): Promise<Session> {
    try {
      const token = (await desktop?.signIn()) ?? '';
      return await call(openSessionOnceRoute, { body: { token } });
    } catch (error) {
      console.error(error);
      return nobody;
    }
  }

  /**
   * Signs in with a key or a wallet's token.
   *
   * @throws ApiError when they are not valid
   */
  async function signIn(credentials: { apiKey: string } | { token: string }): Promise<void> {
    const headers: Record<string, string> =
      'apiKey' in credentials
        ? { 'X-API-Key': credentials.apiKey }
        : { Authorization: `Bearer ${credentials.token}` };
    await call(openSessionRoute, undefined, headers);
    await refresh();
  }

  async function signOut(): Promise<void> {
    await call(closeSessionRoute);
    hasLeft = true;
    await refresh();
  }

  return { session, account, access, isSignedIn, isAdmin, isWallet, refresh, signIn, signOut };
});
