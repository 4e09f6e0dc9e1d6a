"""Sentence frames of everyday support and office messages. {NAME} is a slot of generate_pii.py; (a|b) is a choice.
Own work; none is taken from the labelled sets."""

FRAMES = """
(Hi|Hello|Dear|Hey|Good morning) {PERSON}, (thanks for your message|I hope you are well|thank you for getting back to me).
(Hi|Hello|Dear) {TITLE} {LASTNAME}, your {THING} is ready.
(My name is|I am|This is|I'm) {PERSON} and I (need|want|would like) help with my {THING}.
(My name is|This is) {PERSON} from {ORG}, (is anyone there|can you help me)?
Please (call|ring|text|phone) me (back |)(at|on) {PHONE}.
You can reach {PERSON} at {PHONE} or {EMAIL}.
My (email|e-mail|email address|mail) is {EMAIL} and my phone (number |)is {PHONE}.
(Send|Forward|Mail) the {THING} to {EMAIL}(, please| please|).
I (live|am staying|work) at {ADDRESS}.
(Please ship|Ship|Please deliver|Deliver) (it|the {THING}|my {THING}) to {ADDRESS}.
My (new|old|billing|home|shipping|postal) address is {ADDRESS}(.|, please update it.)
I moved from {PLACE} to {PLACE} (last year|last month|in {YEAR}).
{PERSON} was born on {DATE} in {PLACE}.
My date of birth is {DATE}(.|, and my name is {PERSON}.)
DOB: {DATE}
Name: {PERSON}
Address: {ADDRESS}
Phone: {PHONE}
Email: {EMAIL}
SSN: {SSN}
Card: {CARD}
IBAN: {IBAN}
Driver license: {LICENSE}
Name: {PERSON}, Phone: {PHONE}, Email: {EMAIL}
Customer: {PERSON}\\nAddress: {ADDRESS}\\nPhone: {PHONE}
Employee {PERSON} ({AGE}), {NRP}, works at {ORG}.
My (social security number|SSN|social) is {SSN}(.|, can you check my file?)
The (SSN|social security number) on file for {PERSON} is {SSN}.
Can you (confirm|verify) that {SSN} is the (right|correct) social security number?
My driver('s|) license (number |)is {LICENSE}.
The (driver's license|licence|driving licence|license) {LICENSE} (expired|was issued) on {DATE}.
I lost my license, the number was {LICENSE}.
(My card|The card|My credit card|Card number) {CARD} (was|has been) (declined|stolen|lost|charged twice).
Please (charge|use|bill) (my card|card|credit card) {CARD}(.| for the {THING}.| instead.)
I paid with {CARD} on {DATE} and (never got a receipt|the {THING} never arrived).
(Transfer|Send|Wire) {MONEY} to {IBAN}(.|, please.| by tomorrow.)
My (IBAN|bank account|account) is {IBAN}, (account holder|in the name of) {PERSON}.
Is {IBAN} (a valid account|the right account number) for {ORG}?
The server at {IP} (is down|does not respond|keeps rejecting my login).
I see (a login|logins|requests) from {IP} (on|dated) {DATE}.
(Block|Allow|Ping|Check) {IP} (and|or) {IP}(.| please.)
My IP (address |)is {IP}(.|, can you unblock it?)
(Visit|See|Check|Go to|Open) {URL} (for details|to reset your password|for more information|and sign in).
Our (new site|website|home page|shop) is {URL}.
The link {URL} (is broken|does not work|gives an error).
I found the {THING} on {URL} but could not (pay|order|sign up).
{PERSON} (works|worked|is working) (at|for) {ORG} as (a|an) {JOB}.
{ORG} (hired|fired|promoted|sued|thanked) {PERSON} (last week|in {YEAR}|).
I (have been|am) (a customer of|an employee of|with) {ORG} since {YEAR}.
{ORG} is (opening|closing) (an office|a branch|a store) in {PLACE}.
The (CEO|president|founder|director) of {ORG}, {PERSON}, (resigned|spoke|arrived) (on {DATE}|in {PLACE}|).
{ORG} and {ORG} (signed a contract|merged|announced a deal) (in {YEAR}|on {DATE}|).
(We|They) (bought|ordered) it from {ORG} in {PLACE}.
I have an interview with {ORG} on {DATE}.
My (boss|manager|colleague|neighbor|landlord|lawyer|doctor) {PERSON} (told me|said|asked me) to (contact|write to) you.
(Is|Was) {PERSON} (in the office|at the meeting|on the call) (today|yesterday|this morning)?
Can {PERSON} and {PERSON} (join|come to) the meeting on {DATE}?
{PERSON}, {PERSON} and {PERSON} (will|won't|cannot) attend.
(Ask|Tell|Remind) {PERSON} to (send|sign|print|check) the {THING}.
Did {PERSON} (call|email|text) (you|me) about the {THING}?
I (met|saw|spoke to) {PERSON} in {PLACE} (last summer|yesterday|on {DATE}).
{PERSON}'s {THING} (is late|was sent to {ADDRESS}|has not arrived).
The {THING} belongs to {PERSON}'s (brother|sister|mother|father|wife|husband).
My (son|daughter|wife|husband|brother|sister|mother|father) {FIRSTNAME} is {AGE} (years old|).
{PERSON} is {AGE} years old and lives in {PLACE}.
I am {AGE} years old(.|, do I get a discount?| and live alone.)
The patient is a {AGE} year old {NRP} (man|woman).
(He|She) is {AGE}, {NRP}, and (single|married).
{FIRSTNAME} turned {AGE} on {DATE}.
Patient {PERSON}, age {AGE}, was (admitted|discharged) on {DATE}.
{TITLE} {LASTNAME} will see you on {DATE}.
(Please tell|Tell|Inform) {TITLE} {LASTNAME} that I (called|am late|cannot come).
(Is|Was) {TITLE} {PERSON} (available|in the office) (today|this week)?
My appointment with {TITLE} {LASTNAME} was (cancelled|moved to {DATE}).
{TITLE} {LASTNAME} and {TITLE} {LASTNAME} (agreed|disagreed) on the {THING}.
{TITLE} {PERSON} of {ORG} (wrote|called) (again|today).
I am (a|an) {NRP} citizen living in {PLACE}.
She is {NRP} but grew up in {PLACE}.
Are there any {NRP} (restaurants|shops|schools) in {PLACE}?
The {NRP} (government|embassy|team|minister) (met|denied|confirmed) (it|the report) in {PLACE}.
He is a (devout|practicing|former) {NRP}.
Most (voters|people) there are {NRP}.
I (speak|read|teach) {NRP} and live near {PLACE}.
(We|I) (flew|drove|travelled) from {PLACE} to {PLACE} on {DATE}.
What is the weather like in {PLACE} (today|tomorrow|this week)?
(Flights|Trains|Buses) (to|from) {PLACE} were cancelled.
How far is {PLACE} from {PLACE}?
(I was born|I grew up|She lives|They met) in {PLACE}.
Our (office|warehouse|store) in {PLACE} moved to {ADDRESS}.
The (meeting|party|wedding|funeral) is at {ADDRESS} on {DATE}.
(Meet|Pick) me (up |)(at|near) {ADDRESS}.
Is there parking near {ADDRESS}?
(Return|Send) the {THING} to {ORG}, {ADDRESS}.
{PERSON}\\n{ADDRESS}
{PERSON}\\n{ORG}\\n{PHONE}
Best regards,\\n{PERSON}
Kind regards, {PERSON}
Thanks,\\n{FIRSTNAME}
Thanks, {FIRSTNAME}
Regards,\\n{PERSON}\\n{JOB}, {ORG}\\n{PHONE}\\n{EMAIL}
Cheers, {FIRSTNAME}
Sincerely, {TITLE} {LASTNAME}
From: {PERSON} <{EMAIL}>
To: {EMAIL}
cc {EMAIL} and {EMAIL}
Caller: {PERSON}, number {PHONE}, wants {MONEY} back.
The caller {PERSON} left the number {PHONE}.
My (cell|mobile|work number|home phone|fax) is {PHONE}(.|, call after 5.)
Call {PHONE} and ask for {PERSON}.
Text {PHONE} or write to {EMAIL}.
(Someone|A man|A woman) from {PHONE} keeps calling me.
I changed my number from {PHONE} to {PHONE}.
WhatsApp me on {PHONE}
Add {PERSON} ({EMAIL}) to the (list|group|team|account).
Remove {EMAIL} from (your|the) mailing list.
Reset the password for {EMAIL}.
I cannot log in as {EMAIL}(.|, it says the account is locked.)
Share the folder with {EMAIL} and {PERSON}.
The invoice from {ORG} dated {DATE} (is wrong|was not paid).
The contract with {ORG} ends on {DATE}.
It happened on {DATE} (at|near) {PLACE}.
I arrive in {PLACE} on {DATE} and leave on {DATE}.
The {THING} was due {DATE}.
In {YEAR}, {PERSON} moved to {PLACE}.
Between {YEAR} and {YEAR} I worked for {ORG}.
{PERSON} graduated from {ORG} in {YEAR}.
{PERSON} (published|wrote|released) it in {YEAR}.
The (book|film|song|album) by {PERSON} came out in {YEAR}.
Who is {PERSON}?
Where does {PERSON} live?
{PERSON} (is|was) (a great friend|very helpful|out sick|on holiday).
{PERSON} says hello.
{PERSON}: where are you?\\n{PERSON}: in {PLACE}
{FIRSTNAME}, can you (help|call|answer)?
Hey {FIRSTNAME} are you (free|there|coming) (tonight|today|tomorrow)?
Happy birthday {FIRSTNAME}!
I love the songs of {PERSON}.
{PERSON} scored twice against {ORG}.
Directed by {PERSON} and starring {PERSON}.
Tickets for {PERSON} in {PLACE} on {DATE}
How do I reach {ORG} (support|customer service|billing)?
Does {ORG} (deliver|ship|operate) (to|in) {PLACE}?
{ORG} charged me {MONEY} on {DATE}.
My {ORG} account (is locked|was hacked|shows the wrong name, {PERSON}).
The stock of {ORG} fell on {DATE}.
{ORG} announced (results|layoffs|a new product) (on {DATE}|).
I applied for a job as {JOB} at {ORG}.
A {JOB} from {ORG} named {PERSON} came to {ADDRESS}.
Witness {PERSON} of {ADDRESS} gave the number {PHONE}.
Beneficiary: {PERSON}, IBAN {IBAN}
Cardholder {PERSON}, number {CARD}, expires (05/27|11/28|02/30)
Pay {PERSON} {MONEY} from {CARD}.
Please cancel card {CARD} and send a new one to {ADDRESS}.
(The last|My last) payment from {IBAN} to {IBAN} (failed|is missing).
My account {IBAN} is with {ORG} in {PLACE}.
User {EMAIL} logged in from {IP} at {URL}.
Host {IP} resolves to {URL}.
Log in at {URL} with {EMAIL}.
Tax form for {PERSON}, {SSN}, {ADDRESS}
Applicant: {PERSON}, born {DATE}, SSN {SSN}, license {LICENSE}
{PERSON} (license {LICENSE}) rented a car in {PLACE}.
Emergency contact: {PERSON}, {PHONE}
Room booked for {PERSON} from {DATE} to {DATE}.
Table for two under the name {LASTNAME}(.|, phone {PHONE}.)
Package for {PERSON} left with {PERSON} at {ADDRESS}.
Insurance claim of {TITLE} {LASTNAME}, {ORG}, accident on {DATE} in {PLACE}.
(The teacher|The judge|The driver|The nurse), {PERSON}, (agreed|refused|apologised).
Only {PERSON} can sign for {ORG}.
You should talk to {PERSON} in (accounting|sales|support|legal).
Our new {JOB} {FIRSTNAME} starts on {DATE}.
""".strip().splitlines()

NEGATIVES = """
How (do|can) I (change|reset|cancel|renew) my {THING}?
(Where|When) is my {THING}?
Order number {NUMBER} (has not arrived|is wrong|was cancelled).
The {THING} costs {MONEY}(.| and weighs {SMALL} kg.)
I need {SMALL} copies of the {THING} by tomorrow.
Please (close|open|check) ticket {NUMBER}.
Version {SMALL}.{SMALL} (crashes|is slow|works well).
(Thanks|Thank you) for your help with the {THING}!
I waited {SMALL} (minutes|hours|days|weeks) for an answer.
The error code is {NUMBER}(.|, what does it mean?)
Can you (send|resend|print) the {THING}?
Your {THING} will be ready in {SMALL} days.
The (meeting|call|lesson) is (today|tomorrow|tonight) at {SMALL} pm.
My tracking code is {NUMBER}{NUMBER}(.|, where is it?)
Turn {SMALL} times to the left and then stop.
We have {NUMBER} items in stock, {SMALL} are broken.
My boss wants the {THING} (now|today|soon).
Our (team|group|department) has {SMALL} people.
The invoice total is {MONEY}.
I can't find my {THING}.
""".strip().splitlines()
