/** The parts of Chart.js that the charts use; loaded with the first chart that is seen. */
import {
  BarController,
  BarElement,
  Chart,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
} from 'chart.js';

Chart.register(BarController, BarElement, Filler, LinearScale, LineController, LineElement, PointElement);

export { Chart };
