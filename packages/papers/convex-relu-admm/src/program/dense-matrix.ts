import { type MatrixView, matrixView, type Views } from '@opt/core'

/** Lays out a matrix without gaps between its rows, so that a flat loop reads it in order. */
export const denseMatrix = (views: Views, rows: number, columns: number): MatrixView =>
  matrixView(views.f64(rows * columns), rows, columns)
