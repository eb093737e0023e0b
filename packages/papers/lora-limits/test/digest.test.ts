import { random } from '@opt/core'
import { digest } from '@opt/testing'
import {
  attentionRows,
  expPolynomial,
  LoraHead,
  loraGradients,
  monomials,
  normCondition,
  plan,
  sampledGradients,
} from '../src/index.ts'
import { drawn, small } from './shared.ts'

test('the bits of all answers are the same in every engine', () => {
  const { head, batch } = small(1, { queries: 40, keys: 30 })
  const options = { inputGradients: true }
  const lora = new LoraHead({ weights: head.weights }, { rank: 2, random: random(3) })
  lora.gradients(batch)
  const hash = (...values: unknown[]) => digest((say) => values.forEach((value) => say(value)))
  expect([
    hash(
      loraGradients(head, batch, options),
      loraGradients(head, { ...batch, key: batch.query, value: batch.query, mask: 'causal' }),
    ),
    hash(
      loraGradients(head, batch, { ...options, method: 'reverse', certify: true }),
      loraGradients(head, batch, { method: 'chained', degree: 4 }),
    ),
    hash(loraGradients(head, batch, { method: 'auto' }), sampledGradients(head, batch, { samples: 7 })),
    hash(
      expPolynomial({ range: 3, degree: 5 }),
      expPolynomial({ kind: 'minimax', range: 2, degree: 4 }),
      monomials(3, 3),
    ),
    hash(
      normCondition(head, batch),
      plan(head, 4096),
      plan(head, 300, { tokens: drawn(20, 5, 1, 4) }),
      attentionRows(head, batch, [0, 3]),
    ),
    hash(lora.state(), lora.forward(batch), lora.merge()),
  ]).toEqual([
    '3cb45f869f9f0ffe',
    '3c3eed480691d4af',
    'cf97424556fd680a',
    '6b67ed30beece337',
    '41cf7e337bc6ef35',
    'b2926dc8bcdb6c12',
  ])
})
