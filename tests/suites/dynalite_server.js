// Stands in for the server that dynalite's tests start: hands each connection on to ORRERY_PORT.
const net = require('net')
const path = require('path')

const index = path.join(process.env.ORRERY_DYNALITE_CHECKOUT, 'index.js')

function server () {
  const relay = net.createServer(client => {
    const orrery = net.connect(Number(process.env.ORRERY_PORT), '127.0.0.1')
    client.pipe(orrery).pipe(client)
    client.on('error', () => orrery.destroy())
    orrery.on('error', () => client.destroy())
  })
  return { listen: (port, done) => relay.listen(port, '127.0.0.1', () => done()), close: done => { relay.close(); done() } }
}

require.cache[index] = { id: index, filename: index, loaded: true, exports: server }

// The suite's signatures name no service where the host does not tell it.
const aws4 = require(path.join(process.env.ORRERY_DYNALITE_CHECKOUT, 'node_modules', 'aws4'))
const sign = aws4.sign
aws4.sign = (options, ...rest) => sign(Object.assign(options, { service: 'dynamodb' }), ...rest)

// One request after the other, so that what is thrown in the answer to one does not fall on the test that comes next.
const async = require(path.join(process.env.ORRERY_DYNALITE_CHECKOUT, 'node_modules', 'async'))
async.forEach = async.forEachSeries
