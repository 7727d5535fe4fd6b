/** Who may come in at the broker (mqtt.md, last section). */
import type { AccessMode } from '../../../contract/config.ts';
import { operatorUser } from '../../../contract/mqtt/topics.ts';
import type { Login, LoginOutcome, Logins } from '../../broker/logins.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { WorkerCredentials } from './credential.service.ts';
import { FailedTries } from './failed-tries.ts';

export interface BrokerLoginsOptions {
  readonly access: AccessMode;
  readonly credentials: Pick<WorkerCredentials, 'has' | 'matches'>;
  /** Workers that the platform itself runs: they have a password that nobody else knows. */
  readonly ownWorkers: () => Pick<WorkerCredentials, 'has' | 'matches'>;
  readonly isOperatorKey: (key: string) => boolean;
  readonly clock: Clock;
  /** Wrong passwords of one user name from one address in a minute. */
  readonly maxFailuresPerMin: number;
}

/**
 * `open`: everybody is anonymous and may do everything. `standard`: who shows no credentials, or a user name that
 * has none, is anonymous. `strict`: nobody comes in without credentials.
 */
export class BrokerLogins implements Logins {
  readonly #options: BrokerLoginsOptions;
  readonly #failures: FailedTries;

  constructor(options: BrokerLoginsOptions) {
    this.#options = options;
    this.#failures = new FailedTries(options.maxFailuresPerMin);
  }

  identify({ username, password, address }: Login): LoginOutcome {
    const { access, credentials, ownWorkers, clock } = this.#options;
    if (access === 'open') return { principal: 'anonymous' };
    const isKnown = username === operatorUser || credentials.has(username) || ownWorkers().has(username);
    if (username === '' || (access === 'standard' && !isKnown))
      return access === 'strict' ? refused('no_credentials') : { principal: 'anonymous' };
    const source = `${address} ${username}`;
    if (this.#failures.isTooMany(source, clock.nowMs())) return refused('too_many_tries');
    const outcome = this.#compare(username, password);
    if (outcome) return outcome;
    // A name without credentials can't be guessed.
    if (isKnown) this.#failures.note(source);
    return refused('wrong_credentials');
  }

  isGuarded(workerId: string): boolean {
    return this.#options.access !== 'open' && this.#options.credentials.has(workerId);
  }

  #compare(username: string, password: string): LoginOutcome | undefined {
    if (username === operatorUser)
      return this.#options.isOperatorKey(password) ? { principal: 'operator' } : undefined;
    const { credentials, ownWorkers } = this.#options;
    const isRight = credentials.matches(username, password) || ownWorkers().matches(username, password);
    return isRight ? { principal: 'worker', workerId: username } : undefined;
  }
}

function refused(refusal: Extract<LoginOutcome, { principal: undefined }>['refusal']): LoginOutcome {
  return { principal: undefined, refusal };
}
