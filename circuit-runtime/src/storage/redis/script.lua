-- Takes every decision on the record of one breaker: says the same as `Record::apply`, in the same order, and is held beside
-- it by a test.
--
-- KEYS[1]  the breaker's hash
-- ARGV[1]  the request, as JSON
-- ARGV[2]  the channel that all are told on
-- ARGV[3]  the name of the breaker
--
-- Returns whether it was done (1 or 0), the time that was judged by, and the record as JSON, or nothing where there is none.
--
-- The hash. Numbers are decimal; times are in milliseconds since 1970, by this server's clock.
--
--   v                    the layout: 1
--   ep no rv             the era's epoch and nonce; the revision
--   pe pn                epoch and nonce of the era that was known to who began this one because all was forgotten
--   fa ca tx             failures and calls; what the last failures said, one on each line
--   mo se                the mode and the settings, if any were given
--   ce cf sl ks          the last census, and the failures by then; the length of a slot; the numbers of the slots that are kept
--   oa ou of or os       if it is open: since when, until when, for how long, its reopenings, its successes,
--   ol ow oy om oc       who may probe ("<until> <token>" on each line), whether a place is wanted, why, measured, calls
--   F<k> S<k>            failures and successes in slot k
--   I<sender>            "<number> <time>" of a sender's last request that was done
--
-- Everything is read, checked and decided before the first write, so that an error leaves the record as it was.

local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local SLOTS, GATHER, FRESH, TEXTS, FORGET_SENDERS = 20, 100, 500, 5, 600000
-- The largest whole number up to which a Lua number is exact, and the longest expiry that is set, ten years.
local LARGEST, LONGEST = 9007199254740991, 315360000000

-- Before version 7 a server may be set up to repeat scripts instead of their effects: then it would allow no write after the
-- time was asked for.
pcall(function() redis.replicate_commands() end)

local key, breaker = KEYS[1], ARGV[3]
local request = cjson.decode(ARGV[1])
local now = now()

local function foreign(what)
  return redis.error_reply('CIRCUITFOREIGN ' .. string.gsub(what, '[^%w%p ]', '?'))
end

local function text(number)
  return string.format('%.0f', math.min(number, LARGEST))
end

-- The first field that holds what none of ours does.
local garbage

local function number(field, value)
  if type(value) == 'string' and #value <= 16 and string.find(value, '^%d+$') then
    local parsed = tonumber(value)
    if parsed <= LARGEST then return parsed end
  end
  garbage = garbage or field
  return 0
end

local function lines(value)
  local list = {}
  if value then
    for line in string.gmatch(value .. '\n', '(.-)\n') do list[#list + 1] = line end
  end
  return list
end

-- Reading.

local FIELDS = {
  'v', 'ep', 'no', 'rv', 'fa', 'ca', 'tx', 'mo', 'se', 'ce', 'sl', 'ks',
  'oa', 'ou', 'of', 'or', 'os', 'ol', 'ow', 'oy', 'om', 'oc', 'pe', 'pn', 'cf',
}
local own = 'I' .. request.sender
local asked = { unpack(FIELDS) }
asked[#asked + 1] = own
local answer = redis.pcall('HMGET', key, unpack(asked))
if answer.err then
  if string.find(answer.err, 'WRONGTYPE', 1, true) then
    return foreign('wrong type: a ' .. redis.call('TYPE', key).ok .. ' lies there')
  end
  return answer
end
-- What stands there, and what is to: texts by field.
local before = {}
for i, field in ipairs(asked) do before[field] = answer[i] or nil end

local record
if before.v == '1' then
  record = {
    epoch = number('ep', before.ep),
    nonce = number('no', before.no),
    revision = number('rv', before.rv),
    failures = number('fa', before.fa),
    calls = number('ca', before.ca),
    texts = lines(before.tx),
    census = number('ce', before.ce),
    asked = number('cf', before.cf),
    slot = number('sl', before.sl),
    mode = before.mo,
    settings = before.se,
  }
  if record.nonce > 4294967295 then garbage = garbage or 'no' end
  if before.pe then
    record.parent = { epoch = number('pe', before.pe), nonce = number('pn', before.pn) }
    if record.parent.nonce > 4294967295 then garbage = garbage or 'pn' end
  end
  if before.oa then
    local open = {
      at = number('oa', before.oa),
      ends = number('ou', before.ou),
      length = number('of', before.of),
      reopenings = number('or', before['or']),
      successes = number('os', before.os),
      is_wanted = number('ow', before.ow) > 0,
      reason = before.oy or '',
      measured = number('om', before.om),
      calls = number('oc', before.oc),
      leases = {},
    }
    for _, line in ipairs(lines(before.ol)) do
      local expiry, token = string.match(line, '^(%d+) (.*)$')
      open.leases[#open.leases + 1] = { token = token, expiry = number('ol', expiry) }
    end
    record.open = open
  end
elseif before.v then
  return foreign('layout ' .. string.sub(before.v, 1, 20) .. ', not 1')
elseif redis.call('EXISTS', key) == 1 then
  return foreign('layout none, not 1')
end

-- The numbers of the slots that lie in the hash.
local kept_slots = {}
if before.ks then
  for word in string.gmatch(before.ks, '%S+') do
    kept_slots[#kept_slots + 1] = number('ks', word)
  end
  -- Twenty, and twenty more for each time that the clock was put back.
  if #kept_slots > 1000 then garbage = garbage or 'ks' end
end

local heard
if before[own] then
  local last, at = string.match(before[own], '^(%d+) (%d+)$')
  heard = { number = number(own, last), at = number(own, at) }
end

if garbage then return foreign('garbage in field ' .. garbage) end

-- Deciding.

local revision, epoch = record and record.revision, record and record.epoch
local publishes = true
-- Slots by number once a window has been read; whether those in the hash are to go.
local slots, drops_slots
local forgets_senders = false

local function close(epoch)
  record.epoch, record.nonce, record.revision = epoch, request.fresh, record.revision + 1
  record.parent = nil
  record.open, record.failures, record.calls, record.texts = nil, 0, 0, {}
  record.census, record.asked, record.slot = 0, 0, 0
  slots, drops_slots = nil, true
end

local function open(opening, reopenings, measured, calls)
  local texts = record.texts
  if #opening.texts > 0 then texts = opening.texts end
  close(record.epoch + 1)
  record.texts = texts
  record.open = {
    at = now,
    ends = now + opening.open_for,
    length = opening.open_for,
    reopenings = reopenings,
    successes = 0,
    leases = {},
    is_wanted = false,
    reason = opening.reason,
    measured = measured,
    calls = calls,
  }
  forgets_senders = true
end

local function read_slots()
  slots = {}
  if drops_slots or #kept_slots == 0 then return end
  local names = {}
  for _, k in ipairs(kept_slots) do
    names[#names + 1] = 'F' .. text(k)
    names[#names + 1] = 'S' .. text(k)
  end
  local values = redis.call('HMGET', key, unpack(names))
  for i, k in ipairs(kept_slots) do
    slots[k] = {
      failures = number(names[2 * i - 1], values[2 * i - 1]),
      successes = number(names[2 * i], values[2 * i]),
    }
  end
end

-- Failures when all were asked, and calls by their answers: of calls that succeeded since, not all have told.
local function judged()
  local failures = math.min(record.failures, record.asked)
  return failures, failures + (record.calls - record.failures)
end

local function count_in_window(window, threshold)
  local length = math.max(window.slot, 1)
  read_slots()
  local function add(k, failures, successes)
    local counted = slots[k] or { failures = 0, successes = 0 }
    counted.failures = counted.failures + failures
    counted.successes = counted.successes + successes
    counted.is_new = true
    slots[k] = counted
  end
  if record.slot ~= length then
    -- Another version of the program, or other settings: what lies in both windows is kept.
    local others = slots
    slots = {}
    for k, counted in pairs(others) do
      add(math.floor(math.min(k * record.slot, LARGEST) / length), counted.failures, counted.successes)
    end
    record.slot = length
  end
  for _, slot in ipairs(window.slots) do
    add(math.floor(math.max(now - slot.age, 0) / length), slot.failures, slot.successes)
  end
  local oldest = math.max(math.floor(now / length) + 1 - SLOTS, 0)
  local failures, successes = 0, 0
  for k, counted in pairs(slots) do
    if k < oldest then
      slots[k] = nil
    else
      failures, successes = failures + counted.failures, successes + counted.successes
    end
  end
  record.failures, record.calls = failures, failures + successes
  publishes = false
  local function is_reached(failures, calls)
    return failures >= threshold
      and failures > 0
      and calls >= window.minimum_calls
      and failures * 1000000000 >= window.rate * calls
  end
  local is_near = is_reached(failures, record.calls)
  if not (is_near and window.counts_calls) then return is_near end
  -- Those who see no failures have not said how many calls they made: they are asked, and given the time to answer.
  local since = now - record.census
  if since < 0 or since > FRESH then
    record.census, record.asked = now, failures
    publishes = true
    return false
  end
  return since >= GATHER and is_reached(judged())
end

local function hear()
  if not heard then forgets_senders = true end
  heard = { number = request.number, at = now }
end

local function count()
  if record.open then return false end
  hear()
  record.revision = record.revision + 1
  if request.reset then record.texts = {} end
  for _, said in ipairs(request.open.texts) do record.texts[#record.texts + 1] = said end
  while #record.texts > TEXTS do table.remove(record.texts, 1) end
  local trips
  if request.window then
    trips = count_in_window(request.window, request.threshold)
  else
    -- What was counted in a window is no run.
    local is_run = not request.reset and record.slot == 0
    -- That a run has begun, or ended, is news; how long it is, the record knows.
    publishes = record.failures == 0 or request.reset
    if record.slot ~= 0 then
      record.slot, slots, drops_slots = 0, nil, true
    end
    record.failures = (is_run and record.failures or 0) + request.failures
    record.calls = record.failures
    trips = request.failures > 0 and record.failures >= request.threshold
  end
  if trips then
    -- The last failures of all, not of this one process.
    request.open.texts = {}
    local failures, calls = record.failures, record.calls
    if request.window and request.window.counts_calls then failures, calls = judged() end
    open(request.open, 0, failures, calls)
    publishes = true
  end
  return true
end

local function lease()
  local open, token = record.open, request.token
  if not open then return false end
  local expiry = math.max(now, open.ends) + request.length
  local leases, own_lease, own_at = {}, nil, nil
  for _, lease in ipairs(open.leases) do
    -- One that ends later than any can was given before the clock was put back.
    lease.expiry = math.min(lease.expiry, expiry)
    if lease.expiry > now or lease.token == token then
      leases[#leases + 1] = lease
      if lease.token == token and not own_lease then own_lease, own_at = lease, #leases end
    end
  end
  open.leases = leases
  if own_lease then
    if request.is_standby and open.is_wanted then
      -- It is somebody else's turn.
      table.remove(leases, own_at)
      open.is_wanted = false
      hear()
      record.revision = record.revision + 1
      return false
    end
    own_lease.expiry = expiry
    hear()
    return true
  end
  if open.ends > now + request.ahead then return false end
  if #leases >= request.probes then
    open.is_wanted = true
    return false
  end
  leases[#leases + 1] = { token = token, expiry = expiry }
  hear()
  record.revision = record.revision + 1
  return true
end

local function settle()
  if not record.open then return false end
  local at
  for i, lease in ipairs(record.open.leases) do
    if lease.token == request.token and not at then at = i end
  end
  if not at then return false end
  table.remove(record.open.leases, at)
  record.open.is_wanted = false
  hear()
  record.revision = record.revision + 1
  if request.answer == 'success' then
    record.open.successes = record.open.successes + 1
    if record.open.successes >= request.success_threshold then close(record.epoch + 1) end
  elseif request.answer == 'failure' then
    open(request.open, record.open.reopenings + 1, 1, 0)
  end
  return true
end

local function move(is_known)
  if not (is_known or request.is_by_hand) then return false end
  hear()
  if (record.open ~= nil) == (request.to == 'open') and not request.is_by_hand then
    return true -- it is so already, and somebody may be about to find out more
  end
  if request.to == 'open' then
    open(request.open, request.reopenings, request.measured, request.calls)
  else
    close(record.epoch + 1)
  end
  return true
end

local function apply()
  local action, known = request['do'], request.known
  if action == 'look' then return true end
  local is_lost = not record or record.epoch < known.epoch
  local is_of_probe = action == 'lease' or action == 'settle'
  if is_lost and is_of_probe then return false end
  if not is_lost and heard and heard.number >= request.number then
    -- This request, or a later one of the same sender, has been here before.
    if action ~= 'lease' then return true end
    for _, lease in ipairs(record.open and record.open.leases or {}) do
      if lease.token == request.token then return true end
    end
    return false
  end
  record = record or { revision = 0 }
  if is_lost then
    -- This server has forgotten, all or the latest of it: what comes is later than what anybody knows.
    close(known.epoch + 1)
    record.parent = known
  end
  local function is(era) return era.epoch == known.epoch and era.nonce == known.nonce end
  local is_known = is_lost or is(record)
  local open = record.open
  -- The clock has been put back.
  if open then open.ends = math.min(open.ends, now + open.length) end
  if action == 'count' then
    return (is_known or (record.parent and is(record.parent))) and count() or false
  end
  if action == 'lease' then return is_known and lease() end
  if action == 'settle' then return is_known and settle() end
  if action == 'move' then return move(is_known) end
  hear()
  record.revision = record.revision + 1
  record.mode = request.mode or record.mode
  record.settings = request.settings or record.settings
  return true
end

local done = apply() and 1 or 0
if not record then return { done, text(now), false } end

-- What everybody may see, as texts: numbers of JSON would lose digits.

local visible = {
  v = '1',
  ep = text(record.epoch),
  no = text(record.nonce),
  rv = text(record.revision),
  fa = text(record.failures),
  ca = text(record.calls),
  mo = record.mode,
  se = record.settings,
  ce = text(record.census),
  cf = text(record.asked),
  sl = text(record.slot),
}
if record.parent then visible.pe, visible.pn = text(record.parent.epoch), text(record.parent.nonce) end
if #record.texts > 0 then visible.tx = table.concat(record.texts, '\n') end
if record.open then
  local open, leases = record.open, {}
  for i, lease in ipairs(open.leases) do leases[i] = text(lease.expiry) .. ' ' .. lease.token end
  visible.oa, visible.ou, visible.of = text(open.at), text(open.ends), text(open.length)
  visible['or'], visible.os = text(open.reopenings), text(open.successes)
  visible.ow = open.is_wanted and '1' or '0'
  visible.oy, visible.om, visible.oc = open.reason, text(open.measured), text(open.calls)
  if #leases > 0 then visible.ol = table.concat(leases, '\n') end
end

-- What is written: whatever differs from what lies there.

local after = {}
for field, value in pairs(visible) do after[field] = value end
if heard then after[own] = text(heard.number) .. ' ' .. text(heard.at) end
local changed, gone = {}, {}
local function change(field, value)
  changed[#changed + 1] = field
  changed[#changed + 1] = value
end

if slots then
  local numbers, is_kept = {}, {}
  for k in pairs(slots) do numbers[#numbers + 1] = k end
  table.sort(numbers)
  for i, k in ipairs(numbers) do
    is_kept[k] = true
    if slots[k].is_new then
      change('F' .. text(k), text(slots[k].failures))
      change('S' .. text(k), text(slots[k].successes))
    end
    numbers[i] = text(k)
  end
  if #numbers > 0 then after.ks = table.concat(numbers, ' ') end
  for _, k in ipairs(kept_slots) do
    if not is_kept[k] then
      gone[#gone + 1] = 'F' .. text(k)
      gone[#gone + 1] = 'S' .. text(k)
    end
  end
elseif drops_slots then
  for _, k in ipairs(kept_slots) do
    gone[#gone + 1] = 'F' .. text(k)
    gone[#gone + 1] = 'S' .. text(k)
  end
else
  after.ks = before.ks
end

if forgets_senders then
  local all = redis.call('HGETALL', key)
  for i = 1, #all, 2 do
    local field = all[i]
    if string.sub(field, 1, 1) == 'I' and field ~= own then
      local at = number(field, string.match(all[i + 1], '^%d+ (%d+)$'))
      if at + FORGET_SENDERS <= now then gone[#gone + 1] = field end
    end
  end
  if heard and heard.at + FORGET_SENDERS <= now then after[own] = nil end
end

for _, field in ipairs(asked) do
  if after[field] and after[field] ~= before[field] then
    change(field, after[field])
  elseif before[field] and not after[field] then
    gone[#gone + 1] = field
  end
end

if garbage then return foreign('garbage in field ' .. garbage) end

-- A call takes no more than some thousand arguments.
local function in_parts(command, list)
  for i = 1, #list, 1000 do
    redis.call(command, key, unpack(list, i, math.min(i + 999, #list)))
  end
end

local seen = cjson.encode(visible)
if #changed + #gone > 0 then
  -- In this order: a server that is full refuses the first of them.
  in_parts('HSET', changed)
  in_parts('HDEL', gone)
  redis.call('PEXPIRE', key, text(math.max(1, math.min(request.keep, LONGEST))))
  if (publishes or record.epoch ~= epoch) and record.revision ~= revision then
    -- Those who may not publish are not kept from counting: the others learn of it when they next look.
    redis.pcall('PUBLISH', ARGV[2], cjson.encode({ breaker = breaker, now = text(now), record = visible }))
  end
end
-- As long as there is somebody who looks, it is not forgotten.
if request['do'] == 'look' and redis.call('PTTL', key) < request.keep / 2 then
  redis.call('PEXPIRE', key, text(math.max(1, math.min(request.keep, LONGEST))))
end
return { done, text(now), seen }
