/**
 * Limits and defaults of Cloud Tasks. Protos: google/cloud/tasks/v2/{queue,task,target,cloudtasks}.proto; quotas:
 * cloud.google.com/tasks/docs/quotas. Where neither says it, the source stands beside the number.
 */

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** queue.proto, RateLimits. */
export const MAX_DISPATCHES_PER_SECOND = 500;
/** queue.proto, RateLimits. */
export const MAX_CONCURRENT_DISPATCHES = 5000;

/** What a queue gets where its creator leaves a field unset: as described by the service for a queue created bare. */
export const DEFAULT_DISPATCHES_PER_SECOND = 500;
export const DEFAULT_CONCURRENT_DISPATCHES = 1000;
export const DEFAULT_MAX_ATTEMPTS = 100;
export const DEFAULT_MIN_BACKOFF_MS = 100;
export const DEFAULT_MAX_BACKOFF_MS = HOUR_MS;
export const DEFAULT_MAX_DOUBLINGS = 16;
/** queue.proto, RetryConfig: "-1 indicates unlimited attempts". */
export const UNLIMITED_ATTEMPTS = -1;

/** task.proto, Task.dispatch_deadline of HTTP tasks. */
export const DEFAULT_DISPATCH_DEADLINE_MS = 10 * MINUTE_MS;
export const MIN_DISPATCH_DEADLINE_MS = 15 * SECOND_MS;
export const MAX_DISPATCH_DEADLINE_MS = 30 * MINUTE_MS;

/** cloud.google.com/tasks/docs/quotas: maximum schedule time for a task, 30 days from now. */
export const MAX_SCHEDULE_AHEAD_MS = 720 * HOUR_MS;
/** cloudtasks.proto, CreateQueue: a task lives 31 days, dispatched or not. */
export const TASK_LIFETIME_MS = 31 * DAY_MS;

/** cloudtasks.proto, CreateTaskRequest: a name is blocked "~1hour" after its task was deleted or executed. */
export const DEFAULT_DEDUP_WINDOW_SECONDS = 3600;
/** cloudtasks.proto, DeleteQueue: "a queue with the same name can't be created for 7 days". */
export const QUEUE_NAME_BLOCKED_MS = 7 * DAY_MS;

/**
 * Bytes of a task in its stored proto form. The documents say 100 KB and 1 MB; the exact border was measured on the
 * real service by aertje/cloud-tasks-emulator (internal/engine/tasksize.go, August 2026).
 */
export const MAX_STORED_TASK_BYTES = 2 ** 20 - 7;
/** target.proto, HttpRequest.url: characters after encoding. */
export const MAX_URL_LENGTH = 2083;
/** target.proto, HttpRequest.headers: "must be less than 80KB". */
export const HEADERS_BYTES_LIMIT = 80 * 1024;

/** cloudtasks.proto, ListQueuesRequest.page_size and ListTasksRequest.page_size; also the default. */
export const MAX_QUEUES_PER_PAGE = 9800;
export const MAX_TASKS_PER_PAGE = 1000;
/** cloudtasks.proto: "The page token is valid for only 2 hours". */
export const PAGE_TOKEN_LIFETIME_MS = 2 * HOUR_MS;
