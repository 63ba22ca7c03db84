/** What a tiny tokenizer is trained on: the words, signs and indents that fill an editor's prompts. */
export const commonWords = `
the of and to in is you that it he was for on are as with his they at be this have from or one had by word but not what
all were we when your can said there use an each which she do how their if will up other about out many then them these
so some her would make like him into time has look two more write go see number no way could people my than first water
been call who oil its now find long down day did get come made may part over new sound take only little work know place
year live me back give most very after thing our just name good sentence man think say great where help through much
before line right too mean old any same tell boy follow came want show also around form three small set put end does
another well large must big even such because turn here why ask went men read need land different home us move try kind
hand picture again change off play spell air away animal house point page letter mother answer found study still learn
should world request response message error warning result value values name names type types string number boolean
object array null true false undefined return function async await const let class interface export import default from
file files path folder directory workspace editor terminal command commands tool tools input output parameter parameters
property properties required optional description schema items enum pattern additional reference start line end lines
code language model models context token tokens user assistant system role content text image search replace create
delete update insert edit run test tests check build install package version code block instructions following example
examples available information provide specific existing current multiple without including before using when ensure
make sure never always must only directly absolute relative characters symbol definition usage list array contents
{"type": "object", "properties": {"query": {"type": "string", "description": "The query"}}, "required": ["query"]}
{"name": "read_file", "description": "Read the contents of a file", "parameters": {"filePath": "/path/to/file"}}
<instructions> </instructions> <context> </context> <tool> </tool> <file path="src/index.ts"> </file>
    const value = await read(path, { signal })
        if (value === undefined) return []
            for (const [key, item] of Object.entries(value)) { result.push(\`\${key}: \${item}\`) }
### Heading\n\n- first\n- second\n\n1. one\n2. two\n\n\`\`\`ts\nfunction main() {}\n\`\`\`\n // comment /* block */ => != == >= && || ?? ?.
`
