/** Who pays for a lease: the account that is signed in, or one that the operator names. */
import { computed, type Ref } from 'vue';
import { balanceRoute, meRoute } from '../../../src-main/contract/rest/accounts.routes.ts';
import { useCall } from '../../api/query.ts';
import { useSession } from '../../state/session.ts';

/** Whether whoever looks may rent, and what stands in the way. */
export type Permission = 'yes' | 'sign_in' | 'provider_key';

/** @param otherId an account that the operator rents for; empty: the operator's own */
export function usePayer(otherId: Ref<string>) {
  const session = useSession();
  const isOperator = computed(() => session.isAdmin || session.session?.trusted === true);
  const other = computed(() => (isOperator.value ? otherId.value.trim() : ''));

  const permission = computed<Permission>(() => {
    const { account } = session;
    if (isOperator.value) return 'yes';
    if (!account) return 'sign_in';
    return account.kind === 'key' && account.role === 'provider' ? 'provider_key' : 'yes';
  });
  const own = useCall(meRoute, undefined, { enabled: () => session.isSignedIn });
  const named = useCall(balanceRoute, () => ({ params: { account_id: other.value } }), {
    enabled: () => other.value !== '' && session.isAdmin,
  });
  const account = computed(() => {
    if (other.value === '') return session.isSignedIn ? own.data.value : undefined;
    return named.data.value?.account_id === other.value ? named.data.value : undefined;
  });
  return { isOperator, permission, account, otherId: other };
}
