import type { Client, ClientReply, ClientRequest } from '../../src/index.ts'

export const clients: Client[]
export const answer: (request: ClientRequest) => ClientReply
