/** The programs of Savina's micro and concurrency groups, in its order. */
import { bankTransaction } from './concurrency/bank-transaction.ts';
import { boundedBuffer } from './concurrency/bounded-buffer.ts';
import { cigaretteSmokers } from './concurrency/cigarette-smokers.ts';
import { concurrentDictionary } from './concurrency/dictionary.ts';
import { diningPhilosophers } from './concurrency/dining-philosophers.ts';
import { logisticMap } from './concurrency/logistic-map.ts';
import { sleepingBarber } from './concurrency/sleeping-barber.ts';
import { concurrentSortedList } from './concurrency/sorted-list.ts';
import { big } from './micro/big.ts';
import { chameneos } from './micro/chameneos.ts';
import { counting } from './micro/counting.ts';
import { forkJoinCreation } from './micro/fork-join-creation.ts';
import { forkJoinThroughput } from './micro/fork-join-throughput.ts';
import { pingPong } from './micro/ping-pong.ts';
import { threadRing } from './micro/thread-ring.ts';
import type { Program } from './program.ts';

/** All fifteen. */
export const programs: readonly Program[] = [
  pingPong,
  counting,
  forkJoinThroughput,
  forkJoinCreation,
  threadRing,
  chameneos,
  big,
  concurrentDictionary,
  concurrentSortedList,
  boundedBuffer,
  diningPhilosophers,
  sleepingBarber,
  cigaretteSmokers,
  logisticMap,
  bankTransaction,
];
