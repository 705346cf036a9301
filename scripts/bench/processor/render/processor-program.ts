import { answerRender } from './answer-render.ts'
import { renderWithSteps } from './render-with-steps.ts'

answerRender(renderWithSteps)
