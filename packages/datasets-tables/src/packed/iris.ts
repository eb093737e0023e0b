// Made by scripts/pack.mjs from iris.csv.
import type { Packed } from '../unpack.ts'

export const packed: Packed = {
  rows: 150,
  featureNames: ['sepal length', 'sepal width', 'petal length', 'petal width'],
  classNames: ['setosa', 'versicolor', 'virginica'],
  decimals: [1, 1, 1, 1, 0],
  widths: [2, 1, 2, 1, 1],
  exact: [],
  pairs: '!BA"CA#"A$CB%eA&AA(gA)AP*cA,dA-N!.iA:BB;P!<bA=fA>ZA?O#@)#[E&]D&^O!_hA|K!~S$',
  text: 'AzjA?x%?v(N#uf@ykA?2nAR[u.O]yi@s,?xf)!A2l@w.Q#w%^Ar%L!A6oAM#5s)[2nAN[zjAO]5mAR]zm)]2.R#zl)[ukAK#z_RF&w.T#y%Q#y.Q[0j@0.?v(Q#w=Q#2i)[0p)!A3qA?xf@y(M#3jAN#xkA^As%N#zi@yjAN]tXAN]s(N#yjAQG&zmAT[w%O]zmAQ#u(?1l@y_O"BG(vOB!(tP:F=x;3XAoN:B*u;5*t-/_vQ!xYAhK:C,u-0<n^yUAj|7%q;8WAo|9,v^4,kN:D=s^4%t;6<p|+WAt;4>nL!7(wS!9*o-/>x;9*vMB!,rN:C%sO:E*wO:D%yR!8,t;5aAj|3YAmL!3YAl|6<nM!8<zQ!2%t;8.tQ:D=v;/XAs-4%p-3>o-3aAsM!9%u^6aAoM!yXAh|4<q-5%qM!5,q-+,r-z>eL!5*p-/_8Z"6<zT$H%7V"/,4~B%6W$MeBCV"x>tR$J,/~D>6~IkA9Z$B(zUC!<1T$E%3V"5>yU"6*zYC!(1X$B%3~NmBDW$NaBFX"8WAyP$F(5X"4*xU$NcBDU"/<x~D_5V$I(8S"+*wS"9%xSC!*4V$I%6Q$K*9T$Pm!UC!*4W"/*zP"9aA4O$N%9X"/.4YC!=3S"8%w~F=2V$D=4Y$F=zX"6<zT$E(7X$D_5Z$D%0X"/>yT$B%0U"+.2X"7%zSC',
}
