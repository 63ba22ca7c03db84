/** What llama.cpp calls the models that it can run, as of the release that the engine brings. */
const names = `
llama llama4 deci falcon grok gpt2 gptj gptneox mpt baichuan starcoder refact bert modern-bert nomic-bert nomic-bert-moe
neo-bert jina-bert-v2 jina-bert-v3 eurobert bloom stablelm qwen qwen2 qwen2moe qwen2vl qwen3 qwen3moe qwen3next qwen3vl
qwen3vlmoe qwen35 qwen35moe qwen4exp phi2 phi3 phimoe plamo plamo2 plamo3 codeshell orion internlm2 minicpm minicpm3 gemma
gemma2 gemma3 gemma3n gemma4 gemma-embedding starcoder2 mamba mamba2 jamba falcon-h1 xverse command-r cohere2 cohere2moe
dbrx olmo olmo2 olmoe muse-glimmer openelm arctic deepseek deepseek2 deepseek2-ocr deepseek32 deepseek4 chatglm glm4 glm4moe
glm-dsa bitnet t5 t5encoder jais jais2 nemotron nemotron_h nemotron_h_moe exaone exaone4 exaone-moe rwkv6 rwkv6qwen2 rwkv7
arwkv7 granite granitemoe granitehybrid graniteswitch granite_swa chameleon plm bailingmoe bailingmoe2 bailingmoe3 dots1
dots3note arcee afmoe laguna ernie4_5 ernie4_5-moe hunyuan-moe hunyuan-dense hunyuan_vl hy_v3 smollm3 gpt-oss lfm2 lfm2moe
dream smallthinker llada llada-moe seed_oss grovemoe apertus minimax-01 minimax-m2 minimax-m3 cogvlm rnd1 pangu-embedded
mistral3 mistral4 paddleocr mimo2 step35 llama-embed maincoder kimi-linear kimi-k3 talkie mellum nanbeige`

export const architectures: ReadonlySet<string> = new Set(names.trim().split(/\s+/))

/** Parts of models, which llama.cpp loads beside one, and what they are. */
export const companionArchitectures: ReadonlyMap<string, string> = new Map([
  ['clip', 'a projector (mmproj), by which a model sees or hears'],
  ['wavtokenizer-dec', 'a decoder of speech'],
  ['qwen3tts', 'a model that speaks'],
  ['pockettts', 'a model that speaks'],
  ['eagle3', 'a draft model, which speeds up another'],
  ['dflash', 'a draft model, which speeds up another'],
  ['gemma4-assistant', 'a draft model, which speeds up another'],
])
