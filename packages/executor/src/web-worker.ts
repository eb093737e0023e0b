// The worker script of webWorkers(), for pages whose tasks are named by URLs.
import { serveTasks } from './serve-tasks.ts'

serveTasks()
