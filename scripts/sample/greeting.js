/** Says hello in the language asked for, in English when it knows no better. */
function greet(name, language = 'en') {
  const greetings = { de: 'Hallo', en: 'Hello', fr: 'Bonjour', it: 'Ciao' }
  return `${greetings[language] ?? greetings.en}, ${name}!`
}

console.log(greet('world', 'it'))
