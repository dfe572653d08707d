// Reads one JSON string a line, answers with its number of o200k tokens a line. Needs: npm install gpt-tokenizer
import { createInterface } from "node:readline";
import { createRequire } from "node:module";
const { countTokens } = createRequire(process.cwd() + "/")("gpt-tokenizer/encoding/o200k_base");
createInterface({ input: process.stdin }).on("line", (line) => console.log(countTokens(JSON.parse(line))));
