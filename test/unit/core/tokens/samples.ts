/** Running text in several languages, written for these tests. */
export const prose: Readonly<Record<string, string>> = {
  english: `The harbour wakes long before the town does. By four in the morning the first boats are already coming
back, low in the water, with gulls screaming behind them, and the men on the quay stamp their feet and drink coffee
from tin cups. Nobody talks much. The crates are passed from hand to hand, weighed, marked with chalk, and stacked in
the long shed where ice is shovelled over them. By the time the baker opens his door, everything that matters has
been sold, and the auctioneer, hoarse and cheerful, is walking home along the wall. My grandmother kept the books
for three of those boats. She wrote every figure twice, once in ink and once in her head, and in thirty years the two
never disagreed. When the owners bought a computer she looked at it politely, asked whether it could smell when a
number was wrong, and went back to her ledger. They let her. It's still on the shelf, and I've never found a mistake
in it, though I have tried harder than I'd like to admit.`,
  instructions: `You are a careful assistant that edits code in the user's repository. Read the files you need before you
change anything, and never invent an API that you have not seen. When you are asked for a change, make the smallest
one that solves the problem, keep the style of the surrounding code, and run the tests afterwards. If a command fails,
explain why in one sentence and suggest the next step. Use the \`read_file\` tool for files, \`run_in_terminal\` for
commands, and \`apply_patch\` for edits; do not print a patch in the chat. Answer in Markdown. Put names of files and
symbols in backticks, e.g. \`src/index.ts\`.

- Prefer a **table** where three or more things are compared.
- Do not repeat what the user has just said.
- Ask a question only if you cannot go on without the answer.`,
  german: `Am Abend vor der Abreise saßen wir noch lange in der Küche. Die Koffer standen schon im Flur, und niemand wollte
als Erster ins Bett gehen. Meine Schwester erzählte von der Werkstatt, in der sie seit dem Frühjahr arbeitet: von den
alten Uhren, die niemand mehr reparieren kann, und von dem Meister, der jede Schraube beim Namen nennt. Draußen fiel
der erste Schnee. Wir öffneten das Fenster, um ihn zu hören, denn man hört ihn wirklich, wenn es still genug ist. Am
nächsten Morgen waren die Straßen weiß, der Zug hatte Verspätung, und es machte uns überhaupt nichts aus.`,
  french: `Le marché s’installe sur la place dès que la lumière le permet. Les premiers arrivés déplient leurs tréteaux sans
un mot, puis les voix montent, les caisses s’ouvrent, et l’odeur du pain chaud traverse la rue. Ma voisine vient chaque
samedi avec le même panier et la même liste, qu’elle n’achète jamais jusqu’au bout, parce qu’elle s’arrête partout. On
lui raconte les récoltes, les mariages, les pannes de tracteur. À midi, quand tout le monde remballe, elle rentre avec
trois poireaux et des nouvelles pour la semaine entière.`,
  russian: `Утром мы вышли из дома раньше обычного, потому что дорога к озеру шла через лес и занимала почти два часа. Отец
нёс рюкзак, в котором лежали хлеб, термос и старая книга без обложки. Он всегда брал её с собой, хотя никогда не читал
в пути. На берегу было тихо. Мы развели небольшой костёр, поставили чайник и долго смотрели, как туман поднимается над
водой. Потом приплыл сосед на своей лодке и рассказал, что весной здесь снова видели журавлей. Отец только улыбнулся и
открыл книгу на первой странице.`,
  chinese: `每天早上六点，老城的小巷里就已经有了人声。卖豆浆的师傅推着车慢慢走过来，孩子们背着书包从门里跑出来，母亲在后面
喊他们别忘了带伞。我小时候住在巷子尽头的一座院子里，院子中间有一棵很高的枣树。秋天的时候，邻居们会一起打枣，大人站在梯
子上，孩子在下面捡。后来城市变了，很多院子都拆掉了，可是那棵树还在。去年我回去看它，树下坐着一位老人，他问我找谁，我说我
找一棵树。他笑了，说这里的人都认识它。`,
  japanese: `駅前の古い喫茶店は、朝の七時に店を開けます。店主は毎日同じ席に座り、新聞を読みながらコーヒー豆を挽いています。私が
初めてここに来たのは、大学に入ったばかりの春でした。雨が降っていて、傘を持っていなかったので、しばらく雨宿りをするつもり
だったのです。ところが、出されたコーヒーがとてもおいしくて、気がつくと二時間も本を読んでいました。それから十年がたちまし
たが、メニューも椅子も音楽も、ほとんど変わっていません。変わったのは、私の方かもしれません。`,
  korean: `할머니 댁은 기차역에서 버스를 타고 한 시간쯤 더 들어가야 하는 작은 마을에 있었다. 여름 방학이 되면 우리는 늘 그곳에서
두 주일을 보냈다. 아침에는 닭을 돌보고, 낮에는 개울에서 물고기를 잡고, 저녁에는 마당에 누워 별을 세었다. 할머니는 옛날이야기
를 많이 알고 계셨지만 끝을 말해 주신 적은 한 번도 없었다. 나머지는 꿈에서 보라고 하셨다.`,
}
