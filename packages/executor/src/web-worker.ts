// The worker script of webWorkers(), for tasks named by URLs.
import { serveTasks } from './serve-tasks.ts'

serveTasks()
