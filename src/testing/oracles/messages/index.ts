/** Laws of messages: in order, once, and none vanishes. */
export { conservation } from './conservation.ts';
export { expiry } from './expiry.ts';
export { lanes } from './lanes.ts';
export { letters } from './letters.ts';
export { order } from './order.ts';
export { sends } from './sends.ts';
